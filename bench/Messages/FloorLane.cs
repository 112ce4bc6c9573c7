using System.Collections.Concurrent;
using System.Text.Json;
using Fat.TestServers;
using Npgsql;
using StackExchange.Redis;

namespace Fat.Bench.Messages;

/// <summary>The least that can be done: the same rows, a push to a list for each group, and as many consumers that pop. What is lost between is lost.</summary>
internal sealed class FloorLane : ILane
{
    private readonly MessageTables _producer;
    private readonly ConnectionMultiplexer _redis;
    private readonly RedisKey[] _lists;
    private readonly ConcurrentDictionary<string, Arrivals> _rounds = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _consumers = [];

    private FloorLane(MessageTables producer, ConnectionMultiplexer redis, int groups)
    {
        Name = $"floor-{groups}";
        _producer = producer;
        _redis = redis;
        _lists = [.. Enumerable.Range(0, groups).Select(group => (RedisKey)$"{Name}:{group}")];
    }

    public string Name { get; }

    public static async Task<FloorLane> StartAsync(RedisServer redis, MessageTables producer, IReadOnlyList<MessageTables> subscribers)
    {
        var lane = new FloorLane(producer, await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},syncTimeout=30000"), subscribers.Count);
        for (var group = 0; group < subscribers.Count; group++)
        {
            for (var consumer = 0; consumer < FatLane.Concurrency; consumer++)
            {
                var (tables, list, connection) = (subscribers[group], lane._lists[group].ToString(), await redis.ConnectAsync());
                lane._consumers.Add(Task.Run(() => lane.ConsumeAsync(connection, list, tables)));
            }
        }

        return lane;
    }

    public async Task SendAsync(Ordered ordered, Arrivals arrivals, CancellationToken cancellationToken)
    {
        _rounds.TryAdd(ordered.Text, arrivals);
        var body = JsonSerializer.Serialize(ordered);
        var gid = $"{Name}-{ordered.Text}-{ordered.Number}";
        await using (var connection = new NpgsqlConnection(_producer.ConnectionString))
        {
            await connection.OpenAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await MessageTables.GuardAsync(connection, transaction, gid, "00", body, cancellationToken);
            await MessageTables.WriteAsync(connection, transaction, Name, ordered, cancellationToken);
            arrivals.Committing(ordered.Number);
            await transaction.CommitAsync(cancellationToken);
        }

        var database = _redis.GetDatabase();
        await Task.WhenAll(_lists.Select(list => database.ListLeftPushAsync(list, $"{gid}\n{body}")));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_consumers);
        _stopping.Dispose();
        await _redis.CloseAsync();
        _redis.Dispose();
    }

    private async Task ConsumeAsync(RespConnection redis, string list, MessageTables tables)
    {
        await using (redis)
        {
            while (!_stopping.IsCancellationRequested)
            {
                if (await redis.ExecuteAsync(["BRPOP", list, "1"]) is IReadOnlyList<object?> { Count: 2 } popped)
                    await TakeAsync((string)popped[1]!, tables);
            }
        }
    }

    private async Task TakeAsync(string message, MessageTables tables)
    {
        var line = message.IndexOf('\n', StringComparison.Ordinal);
        var ordered = JsonSerializer.Deserialize<Ordered>(message.AsSpan(line + 1))!;
        await using (var connection = new NpgsqlConnection(tables.ConnectionString))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await MessageTables.GuardAsync(connection, transaction, message[..line], "01", null, CancellationToken.None);
            await MessageTables.WriteAsync(connection, transaction, Name, ordered, CancellationToken.None);
            await transaction.CommitAsync();
        }

        _rounds[ordered.Text].Consumed(ordered.Number);
    }
}
