using System.Text.Json.Nodes;
using Fat.Bench.Measuring;
using Fat.TestServers;

namespace Fat.Bench.Cluster;

/// <summary>What do more masters bring, and what limits first?</summary>
internal sealed class ClusterBenchmark : IBenchmark
{
    private const int Concurrency = 64;
    private const int ManyRoots = 8;

    public string Name => "cluster";

    public string Title => "groups over a Redis Cluster of 1, 2 and 3 masters, and what each master has to do";

    public async Task<Report> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var report = new Report();
        var table = new Table(
            $"groups of two branches without a database, {Concurrency} at once", "masters, services that begin groups", "groups/s here", "commands/group", "Redis CPU µs/group",
            "of it the hottest master", "its share", "groups/s with a processor for each master");
        foreach (var masters in options.Children ?? [1, 2, 3])
        {
            await using var cluster = await RedisCluster.StartAsync(new RedisClusterOptions { Masters = masters, Replicas = 0, NodeTimeout = TimeSpan.FromSeconds(15) }, cancellationToken);
            await MeasureAsync(cluster, 1, history: true, options, table, report, cancellationToken);
            await MeasureAsync(cluster, ManyRoots, history: true, options, table, report, cancellationToken);
            await MeasureAsync(cluster, 1, history: false, options, table, report, cancellationToken);
        }

        report.Add(table);
        report.Note("All masters, the services and the load share this machine's processors, so groups/s here do not grow with the masters. The last column divides a second by the hottest master's CPU time a group.");
        return report;
    }

    private static async Task MeasureAsync(
        RedisCluster cluster, int roots, bool history, BenchOptions options, Table table, Report report, CancellationToken cancellationToken)
    {
        await using var load = await ClusterLoad.StartAsync(cluster, roots, history, cancellationToken);
        await load.RoundAsync(Concurrency, WarmUp.Length, cancellationToken);
        var rounds = new List<ClusterRound>();
        for (var i = 0; i < (options.Rounds ?? 3); i++)
            rounds.Add(await load.RoundAsync(Concurrency, TimeSpan.FromSeconds(options.Seconds ?? 3), cancellationToken));
        var masters = cluster.Masters.Count();
        var throughput = Median(round => round.Throughput);
        var (commands, cpu, hottest) = (Median(round => round.CommandsOfGroup), Median(round => round.CpuOfGroup), Median(round => round.HottestCpuOfGroup));
        var (share, capacity) = (Median(round => round.HottestShare), Median(round => round.Capacity));
        var variant = $"{masters}, {roots}{(history ? string.Empty : " without history")}";
        table.Add(variant, Text.Of(throughput), Text.Of(commands), Text.Of(cpu), Text.Of(hottest), Text.Of(share), Text.Of(capacity));
        Console.WriteLine($"  {variant}: {Text.Of(throughput)}/s, hottest master {Text.Of(hottest)} µs a group");
        report.Results.Add(new JsonObject
        {
            ["masters"] = masters,
            ["rootServices"] = roots,
            ["history"] = history,
            ["groupsPerSecond"] = JsonReport.Number(throughput),
            ["commandsPerGroup"] = JsonReport.Number(commands),
            ["redisCpuMicrosecondsPerGroup"] = JsonReport.Number(cpu),
            ["hottestMasterCpuMicrosecondsPerGroup"] = JsonReport.Number(hottest),
            ["hottestMasterShare"] = JsonReport.Number(share),
            ["capacityGroupsPerSecond"] = JsonReport.Number(capacity),
        });

        double Median(Func<ClusterRound, double> of) => Sample.Median(rounds.Select(of));
    }
}
