using System.Diagnostics;
using Fat.Bench.Coordination;
using Fat.Bench.Measuring;
using Fat.Bench.NoDatabase;
using Fat.TestServers;

namespace Fat.Bench.Cluster;

/// <summary>Services of Fat in this process over a cluster: some that begin groups, and two that are called.</summary>
internal sealed class ClusterLoad : IAsyncDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(400);

    private readonly RedisCluster _cluster;
    private readonly List<CoordinationNode> _roots = [];
    private readonly List<CoordinationNode> _children = [];

    private ClusterLoad(RedisCluster cluster) => _cluster = cluster;

    /// <param name="cluster">The registry.</param>
    /// <param name="roots">How many services begin groups.</param>
    /// <param name="history">Whether ended groups are remembered for operators.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ClusterLoad> StartAsync(RedisCluster cluster, int roots, bool history, CancellationToken cancellationToken)
    {
        var load = new ClusterLoad(cluster);
        try
        {
            for (var i = 0; i < roots; i++)
                load._roots.Add(await StartAsync($"root{i}"));
            load._children.Add(await StartAsync("left"));
            load._children.Add(await StartAsync("right"));
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }

        Task<CoordinationNode> StartAsync(string name) => CoordinationNode.StartAsync(name, cluster.ConnectionString, FatAnswer.Prepared, cancellationToken, history);
    }

    /// <summary>Runs groups of two branches, so many at once, for so long, and until all their branches have committed.</summary>
    public async Task<ClusterRound> RoundAsync(int concurrency, TimeSpan length, CancellationToken cancellationToken)
    {
        var committed = CommitCount.Value;
        var commands = await CommandsAsync(cancellationToken);
        var cpu = Cpu();
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(caller => Task.Run(
            async () =>
            {
                var groups = 0;
                for (; Stopwatch.GetElapsedTime(start) < length; groups++)
                    await GroupAsync(_roots[caller % _roots.Count]);
                return groups;
            },
            cancellationToken)));
        var all = counts.Sum();
        await CommitCount.ReachedAsync(committed + ((long)all * _children.Count), cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        // Acknowledgements and the history come behind the groups' backs, in batches.
        await Task.Delay(Settling, TimeProvider.System, cancellationToken);
        var usedCpu = Cpu().Zip(cpu, (after, before) => after - before);
        var sent = (await CommandsAsync(cancellationToken)).Zip(commands, (after, before) => after - before);
        return new ClusterRound(all, seconds, [.. usedCpu], [.. sent]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _roots.Concat(_children))
            await node.DisposeAsync();
    }

    private Task GroupAsync(CoordinationNode root) => root.RootAsync(async _ =>
    {
        foreach (var child in _children)
            await child.CallAsync(branches: 1);
    });

    private List<double> Cpu() => [.. _cluster.Masters.Select(master => CpuTime.Of(master.Server.ProcessId))];

    private async Task<List<long>> CommandsAsync(CancellationToken cancellationToken)
    {
        var counts = new List<long>();
        foreach (var master in _cluster.Masters)
        {
            await using var connection = await master.Server.ConnectAsync(cancellationToken);
            counts.Add(await RedisCommands.CountAsync(connection, cancellationToken));
        }

        return counts;
    }
}
