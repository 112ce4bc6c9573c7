using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// All that one process has on a server: Redis 6.2 or later, or one that speaks its protocol and runs its scripts (Garnet with <c>--lua --lua-transaction-mode</c>).
/// One connection carries the groups, the queues of work, the records of messages and the history.
/// </summary>
internal sealed class RedisRegistry : IAsyncDisposable
{
    private readonly RedisConnection _connection;

    /// <exception cref="FatConfigurationException">The options cannot work.</exception>
    public RedisRegistry(FatRedisOptions options, TimeProvider time, IConnectionMultiplexer? shared = null)
    {
        var keys = new RedisKeys(options.KeyPrefix);
        _connection = new RedisConnection(options, time, shared);
        Groups = new RedisGroupRegistry(_connection, keys, time);
        Queues = new RedisWorkQueues(_connection, keys);
        Messages = new RedisMessageRecords(_connection, keys);
        History = new RedisHistory(_connection, keys, time);
    }

    public RedisGroupRegistry Groups { get; }

    public RedisWorkQueues Queues { get; }

    public RedisMessageRecords Messages { get; }

    public RedisHistory History { get; }

    /// <summary>The constructor for those who do not see StackExchange.Redis's types.</summary>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock of the time-outs.</param>
    /// <param name="shared">An <see cref="IConnectionMultiplexer"/>, or null to connect by the options.</param>
    public static RedisRegistry Over(FatRedisOptions options, TimeProvider time, object? shared) => new(options, time, (IConnectionMultiplexer?)shared);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
