using System.Diagnostics;
using Fat.Bench.Measuring;
using Fat.Bench.NoDatabase;
using Fat.TestServers;

namespace Fat.Bench.Coordination;

/// <summary>A registry and three services of Fat in this process: what a group costs without HTTP and without databases.</summary>
internal sealed class CoordinationWorld : IAsyncDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);

    private readonly Stack<IAsyncDisposable> _started = new();
    private CoordinationNode _root = null!;
    private CoordinationNode[] _children = [];

    private CoordinationWorld()
    {
    }

    public RedisServer Redis { get; private set; } = null!;

    public RedisFloor Floor { get; private set; } = null!;

    public static async Task<CoordinationWorld> StartAsync(RedisServerKind kind, FatAnswer answer, CancellationToken cancellationToken)
    {
        var world = new CoordinationWorld();
        try
        {
            world.Redis = world.Started(await RedisServer.StartAsync(new RedisServerOptions { Kind = kind }, cancellationToken));
            world.Floor = world.Started(await RedisFloor.ConnectAsync(world.Redis));
            world._root = world.Started(await CoordinationNode.StartAsync("root", world.Redis.ConnectionString, answer, cancellationToken));
            world._children =
            [
                world.Started(await CoordinationNode.StartAsync("left", world.Redis.ConnectionString, answer, cancellationToken)),
                world.Started(await CoordinationNode.StartAsync("right", world.Redis.ConnectionString, answer, cancellationToken)),
            ];
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>One group with a call for each branch.</summary>
    /// <param name="branches">How many calls.</param>
    /// <param name="called">What the root does when all calls are answered.</param>
    public Task GroupAsync(int branches, Func<Task>? called = null) => _root.RootAsync(async _ =>
    {
        for (var call = 0; call < branches; call++)
            await _children[call % _children.Length].CallAsync(branches: 1);
        if (called is not null)
            await called();
    });

    /// <summary>Waits until what was begun before is over, behind the answers as well: less than half of a processor is used, a second long.</summary>
    public async Task QuietAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = Cpu() + CpuTime.Of(Redis.ProcessId);
            var start = Stopwatch.GetTimestamp();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            if (Cpu() + CpuTime.Of(Redis.ProcessId) - before < Stopwatch.GetElapsedTime(start).TotalSeconds / 2)
                return;
        }
    }

    /// <summary>Runs groups, so many at once, for so long, and until all their branches have committed.</summary>
    public async Task<CoordinationRound> RoundAsync(int branches, int concurrency, TimeSpan length, CancellationToken cancellationToken)
    {
        var committed = CommitCount.Value;
        var commands = await Floor.CommandsAsync(cancellationToken);
        var cpu = Cpu();
        var serverCpu = CpuTime.Of(Redis.ProcessId);
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(
            async () =>
            {
                var groups = 0;
                for (; Stopwatch.GetElapsedTime(start) < length; groups++)
                    await GroupAsync(branches);
                return groups;
            },
            cancellationToken)));
        var groups = counts.Sum();
        await CommitCount.ReachedAsync(committed + ((long)groups * branches), cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var used = Cpu() - cpu;
        var serverUsed = CpuTime.Of(Redis.ProcessId) - serverCpu;
        await Task.Delay(Settling, TimeProvider.System, cancellationToken);
        return new CoordinationRound(groups, seconds, used, serverUsed, await Floor.CommandsAsync(cancellationToken) - commands);
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started))
            await started.DisposeAsync();
    }

    private double Cpu() => CpuTime.Of(Environment.ProcessId) + CpuTime.Of(Redis.ProcessId);

    private T Started<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }
}
