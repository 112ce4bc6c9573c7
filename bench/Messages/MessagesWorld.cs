using System.Diagnostics;
using Fat.Bench.Measuring;
using Fat.TestServers;

namespace Fat.Bench.Messages;

/// <summary>The servers, the databases, and the lanes of one number of groups.</summary>
internal sealed class MessagesWorld : IAsyncDisposable
{
    private const int Producers = 16;

    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly Dictionary<ILane, long> _sent = [];
    private PostgresServer _postgres = null!;
    private RedisServer _redis = null!;
    private RespConnection _counting = null!;
    private MessageTables _producer = null!;
    private MessageTables[] _subscribers = [];
    private int _round;

    private MessagesWorld()
    {
    }

    public FatLane Fat { get; private set; } = null!;

    public FloorLane Floor { get; private set; } = null!;

    public int Groups => _subscribers.Length;

    public static async Task<MessagesWorld> StartAsync(int groups, CancellationToken cancellationToken)
    {
        var world = new MessagesWorld();
        try
        {
            world._postgres = world.Started(await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = true, MaxConnections = 300 }, cancellationToken));
            world._redis = world.Started(await RedisServer.StartAsync(new RedisServerOptions(), cancellationToken));
            world._counting = world.Started(await world._redis.ConnectAsync(cancellationToken));
            world._producer = new MessageTables(world._postgres, "producer");
            world._subscribers = [.. Enumerable.Range(0, groups).Select(number => new MessageTables(world._postgres, $"subscriber{number}"))];
            foreach (var tables in world._subscribers.Prepend(world._producer))
                await tables.CreateAsync(cancellationToken);
            world.Fat = world.Started(await FatLane.StartAsync(world._redis.ConnectionString, world._producer, world._subscribers, cancellationToken));
            world.Floor = world.Started(await FloorLane.StartAsync(world._redis, world._producer, world._subscribers));
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends for so long, as fast as the producers can or so many a second, and waits until all is consumed.</summary>
    public async Task<MessageRound> RoundAsync(ILane lane, double? perSecond, TimeSpan length, CancellationToken cancellationToken)
    {
        var arrivals = new Arrivals();
        var text = $"{lane.Name}/{_round++}";
        var commands = await RedisCommands.CountAsync(_counting, cancellationToken);
        var (own, postgres, redis) = (CpuTime.Of(Environment.ProcessId), CpuTime.OfFamily(_postgres.ProcessId), CpuTime.Of(_redis.ProcessId));
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Producers).Select(_ => Task.Run(() => ProduceAsync(lane, arrivals, text, perSecond, start, length, cancellationToken), cancellationToken)));
        while (arrivals.Arrived < arrivals.Sent * Groups)
        {
            if (Stopwatch.GetElapsedTime(start) > length + LongestDrain)
                throw new TimeoutException($"{lane.Name}: {arrivals.Arrived} of {arrivals.Sent * Groups} deliveries have arrived.");
            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var times = arrivals.Sorted();
        _sent[lane] = _sent.GetValueOrDefault(lane) + arrivals.Sent;
        return new MessageRound(
            arrivals.Sent, seconds, Sample.Percentile(times, 0.5), Sample.Percentile(times, 0.99), CpuTime.Of(Environment.ProcessId) - own, CpuTime.OfFamily(_postgres.ProcessId) - postgres,
            CpuTime.Of(_redis.ProcessId) - redis, await RedisCommands.CountAsync(_counting, cancellationToken) - commands);
    }

    /// <summary>Every message has its row at the producer and at each subscriber, once.</summary>
    public async Task<string?> ProblemAsync(CancellationToken cancellationToken)
    {
        foreach (var (lane, sent) in _sent)
        {
            foreach (var tables in _subscribers.Prepend(_producer))
            {
                var (rows, messages) = await tables.CountAsync(lane.Name, cancellationToken);
                if (rows != sent || messages != sent)
                    return $"{lane.Name}: {sent} messages sent, {rows} rows of {messages} messages found";
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started))
            await started.DisposeAsync();
    }

    private static async Task ProduceAsync(ILane lane, Arrivals arrivals, string text, double? perSecond, long start, TimeSpan length, CancellationToken cancellationToken)
    {
        while (Stopwatch.GetElapsedTime(start) < length)
        {
            var number = arrivals.Next();
            if (perSecond is { } pace && TimeSpan.FromSeconds(number / pace) - Stopwatch.GetElapsedTime(start) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, TimeProvider.System, cancellationToken);
            await lane.SendAsync(new Ordered(number, number % 1_000, text), arrivals, cancellationToken);
        }
    }

    private T Started<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }
}
