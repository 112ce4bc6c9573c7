using Fat.Bench.Service;
using Fat.TestServers;
using Npgsql;

namespace Fat.Bench.Commit;

/// <summary>
/// Everything that one mode runs on, for itself: a PostgreSQL server with three databases, a Redis where the mode needs one, and the
/// three services. So what is counted on a server belongs to one mode.
/// </summary>
internal sealed class CommitStage : IAsyncDisposable
{
    private static readonly string[] Roles = ["root", "left", "right"];

    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly List<BenchService> _services = [];
    private RedisServer? _redis;
    private PostgresServer _postgres = null!;

    private CommitStage(CommitMode mode) => Mode = mode;

    public CommitMode Mode { get; }

    public StageMeter Meter { get; private set; } = null!;

    public Uri Address => _services[^1].Address;

    public static async Task<CommitStage> SetAsync(CommitMode mode, CancellationToken cancellationToken)
    {
        var stage = new CommitStage(mode);
        try
        {
            await stage.StartAsync(cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many writes each of the three services has committed, the root's first.</summary>
    public async Task<IReadOnlyList<long>> CountEntriesAsync(CancellationToken cancellationToken)
    {
        var counts = new List<long>();
        foreach (var role in Roles)
        {
            await using var database = NpgsqlDataSource.Create(_postgres.ConnectionString(role));
            await using var command = database.CreateCommand("""SELECT count(*) FROM "Entries" """);
            counts.Add((long)(await command.ExecuteScalarAsync(cancellationToken))!);
        }

        return counts;
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started))
            await started.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        // A pool that fits even the mode that holds a connection for every open branch.
        _postgres = await PostgresServer.StartAsync(
            new PostgresServerOptions { Fsync = true, MaxConnections = 700, MaxPreparedTransactions = 700 }, cancellationToken);
        _started.Push(_postgres);
        if (Mode.IsFat())
        {
            _redis = await RedisServer.StartAsync(cancellationToken: cancellationToken);
            _started.Push(_redis);
        }

        var right = await StartServiceAsync(2, [], cancellationToken);
        var left = await StartServiceAsync(1, [], cancellationToken);
        await StartServiceAsync(0, [left.Address, right.Address], cancellationToken);
        Meter = await StageMeter.OpenAsync(_postgres, _redis, [.. _services.Select(service => service.ProcessId)], cancellationToken);
        _started.Push(Meter);
    }

    private async Task<BenchService> StartServiceAsync(int role, IReadOnlyList<Uri> children, CancellationToken cancellationToken)
    {
        await _postgres.CreateDatabaseAsync(Roles[role], cancellationToken);
        var database = new NpgsqlConnectionStringBuilder(_postgres.ConnectionString(Roles[role])) { MaxPoolSize = 200 }.ConnectionString;
        var settings = new ServiceSettings(Mode, Roles[role], database, _redis is null ? "" : $"{_redis.ConnectionString},syncTimeout=10000", children);
        var service = await BenchService.StartAsync(settings, cancellationToken);
        _started.Push(service);
        _services.Add(service);
        return service;
    }
}
