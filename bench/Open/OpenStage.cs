using Fat.Bench.Commit;
using Fat.Bench.Service;
using Fat.TestServers;
using Npgsql;

namespace Fat.Bench.Open;

/// <summary>One service with a small pool of connections, its servers, and the root that keeps its groups open.</summary>
internal sealed class OpenStage : IAsyncDisposable
{
    private const string Role = "left";
    private const string ClientName = "benchchild";

    private readonly Stack<IAsyncDisposable> _started = new();
    private PostgresServer _postgres = null!;
    private RedisServer _redis = null!;
    private BenchService _service = null!;
    private RespConnection _asking = null!;
    private NpgsqlDataSource _database = null!;
    private HttpClient _http = null!;

    private OpenStage()
    {
    }

    public OpenRoot Root { get; private set; } = null!;

    public int ServiceId => _service.ProcessId;

    public int RedisId => _redis.ProcessId;

    public int PostgresId => _postgres.ProcessId;

    public static async Task<OpenStage> SetAsync(int mostOpen, int pool, CancellationToken cancellationToken)
    {
        var stage = new OpenStage();
        try
        {
            await stage.StartAsync(mostOpen, pool, cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async Task<OpenResources> LookAsync(CancellationToken cancellationToken)
    {
        var clients = ((string)(await _asking.ExecuteAsync(["CLIENT", "LIST"], cancellationToken))!)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.Contains($" name={ClientName} ", StringComparison.Ordinal))
            .ToList();
        var threads = (await File.ReadAllLinesAsync($"/proc/{ServiceId}/status", cancellationToken))
            .First(line => line.StartsWith("Threads:", StringComparison.Ordinal));
        return new OpenResources(
            int.Parse(threads["Threads:".Length..], System.Globalization.CultureInfo.InvariantCulture),
            clients.Count,
            clients.Count(line => line.Contains(" cmd=blmpop ", StringComparison.Ordinal) || line.Contains(" cmd=blpop ", StringComparison.Ordinal)),
            await CountAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pool'", cancellationToken),
            await CountAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'fat-recovery'", cancellationToken),
            await CountAsync("SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()", cancellationToken),
            await _http.GetFromJsonAsync<long>("memory", cancellationToken));
    }

    /// <summary>When the branch that wrote each account was committed, by the database.</summary>
    public async Task<Dictionary<int, DateTime>> CommitTimesAsync(CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand("""SELECT "Account", pg_xact_commit_timestamp(xmin) FROM "Entries" """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var times = new Dictionary<int, DateTime>();
        while (await reader.ReadAsync(cancellationToken))
            times[reader.GetInt32(0)] = reader.GetDateTime(1);
        return times;
    }

    public Task<long> CountPreparedAsync(CancellationToken cancellationToken) => CountAsync("SELECT count(*) FROM pg_prepared_xacts", cancellationToken);

    public async Task ForgetEntriesAsync(CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand("""DELETE FROM "Entries" """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started))
            await started.DisposeAsync();
        _http?.Dispose();
    }

    private async Task StartAsync(int mostOpen, int pool, CancellationToken cancellationToken)
    {
        _postgres = await PostgresServer.StartAsync(
            new PostgresServerOptions
            {
                Fsync = true,
                MaxPreparedTransactions = mostOpen + 500,
                Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["track_commit_timestamp"] = "on" },
            },
            cancellationToken);
        _started.Push(_postgres);
        _redis = await RedisServer.StartAsync(cancellationToken: cancellationToken);
        _started.Push(_redis);
        _asking = await _redis.ConnectAsync(cancellationToken);
        _started.Push(_asking);
        await _postgres.CreateDatabaseAsync(Role, cancellationToken);
        var redis = $"{_redis.ConnectionString},syncTimeout=30000";
        var connection = new NpgsqlConnectionStringBuilder(_postgres.ConnectionString(Role)) { MaxPoolSize = pool, ApplicationName = "pool" };
        _service = await BenchService.StartAsync(
            new ServiceSettings(CommitMode.FatPrepared, Role, connection.ConnectionString, $"{redis},name={ClientName}", []), cancellationToken);
        _started.Push(_service);
        _http = new HttpClient { BaseAddress = _service.Address };
        _database = NpgsqlDataSource.Create(_postgres.ConnectionString(Role));
        _started.Push(_database);
        Root = await OpenRoot.StartAsync(redis, _service.Address, cancellationToken);
        _started.Push(Root);
    }

    private async Task<long> CountAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
