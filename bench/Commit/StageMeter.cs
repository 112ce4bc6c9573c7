using System.Diagnostics;
using Fat.Bench.Measuring;
using Fat.TestServers;
using Npgsql;

namespace Fat.Bench.Commit;

/// <summary>Counts what one mode's servers and services use.</summary>
internal sealed class StageMeter : IAsyncDisposable
{
    // A backend tells its counts to the server when it has been idle for ten seconds.
    private static readonly TimeSpan StatisticsDelay = TimeSpan.FromSeconds(11);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(30);

    private readonly NpgsqlConnection _connection;
    private readonly RespConnection? _redis;
    private readonly int _postgresId;
    private readonly int _redisId;
    private readonly IReadOnlyList<int> _serviceIds;
    private long _lastUse = Stopwatch.GetTimestamp();

    private StageMeter(NpgsqlConnection connection, RespConnection? redis, int postgresId, int redisId, IReadOnlyList<int> serviceIds)
    {
        _connection = connection;
        _redis = redis;
        _postgresId = postgresId;
        _redisId = redisId;
        _serviceIds = serviceIds;
    }

    public static async Task<StageMeter> OpenAsync(
        PostgresServer postgres, RedisServer? redis, IReadOnlyList<int> serviceIds, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.ConnectionString()) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var resp = redis is null ? null : await redis.ConnectAsync(cancellationToken);
        return new StageMeter(connection, resp, postgres.ProcessId, redis?.ProcessId ?? 0, serviceIds);
    }

    public async Task<StageUse> ReadAsync(CancellationToken cancellationToken) => new(
        _serviceIds.Sum(CpuTime.Of),
        CpuTime.OfFamily(_postgresId),
        _redisId == 0 ? 0 : CpuTime.Of(_redisId),
        _redis is null ? 0 : await RedisCommands.CountAsync(_redis, cancellationToken));

    /// <summary>Waits until every transaction of the services is over, so that a mode pays for what it does behind its answers.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        await using var command = new NpgsqlCommand(
            "SELECT (SELECT count(*) FROM pg_prepared_xacts) + " +
            "(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle')",
            _connection);
        while ((long)(await command.ExecuteScalarAsync(cancellationToken))! > 0)
        {
            if (Stopwatch.GetElapsedTime(start) > LongestDrain)
                throw new TimeoutException("Transactions were still open 30 s after the last request.");
            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }

        _lastUse = Stopwatch.GetTimestamp();
    }

    /// <summary>How often the server's log was forced to the disk so far. Waits until all backends have told.</summary>
    public async Task<long> WalSyncsAsync(CancellationToken cancellationToken)
    {
        var left = StatisticsDelay - Stopwatch.GetElapsedTime(_lastUse);
        if (left > TimeSpan.Zero)
            await Task.Delay(left, TimeProvider.System, cancellationToken);
        await using var command = new NpgsqlCommand("SELECT wal_sync FROM pg_stat_wal", _connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
    }
}
