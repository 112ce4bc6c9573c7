using System.Text.Json.Nodes;
using Fat.Bench.Measuring;
using Fat.TestServers;

namespace Fat.Bench.Coordination;

/// <summary>Does a group cost the same when many others are open, and a branch the same when its group has many?</summary>
internal sealed class ScaleBenchmark : IBenchmark
{
    private const int Concurrency = 16;
    private const int FewOpen = 10;

    public string Name => "scale";

    public string Title => "cost of a group as open groups grow to 100,000 and branches to 64";

    public async Task<Report> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var report = new Report();
        await using var world = await CoordinationWorld.StartAsync(RedisServerKind.Redis, FatAnswer.Prepared, cancellationToken);
        int[] loads = [1, 8, 64, 1];
        foreach (var branches in loads)
            await world.RoundAsync(branches, Concurrency, WarmUp.Length / loads.Length, cancellationToken);
        await BranchesAsync(world, options, report, cancellationToken);
        await OpenAsync(world, options, report, cancellationToken);
        report.Note($"{Concurrency} groups at once beside the open ones; CPU of this process (three services, callers included) and Redis, background work included.");
        return report;
    }

    private static async Task BranchesAsync(CoordinationWorld world, BenchOptions options, Report report, CancellationToken cancellationToken)
    {
        var table = new Table("branches of a group", "branches", "groups/s", "branches/s", "CPU µs/branch", "× 1 branch");
        int[] counts = [1, 4, 16, 64];
        var rounds = new List<CoordinationRound[]>();
        for (var round = 0; round < (options.Rounds ?? 3); round++)
        {
            var row = new CoordinationRound[counts.Length];
            for (var i = 0; i < counts.Length; i++)
                row[i] = await RoundAsync(world, counts[i], options, cancellationToken);
            rounds.Add(row);
        }

        for (var i = 0; i < counts.Length; i++)
        {
            var (branches, column) = (counts[i], i);
            var throughput = Sample.Median(rounds.Select(row => row[column].Throughput));
            var cpu = Sample.Median(rounds.Select(row => row[column].CpuMicroseconds / branches));
            var ratio = Sample.Median(rounds.Select(row => row[column].CpuMicroseconds / branches / row[0].CpuMicroseconds));
            table.Add(Text.Of(branches), Text.Of(throughput), Text.Of(throughput * branches), Text.Of(cpu), Text.Of(ratio));
            Add(report, "branches", branches, throughput, cpu);
        }

        report.Add(table);
    }

    private static async Task OpenAsync(CoordinationWorld world, BenchOptions options, Report report, CancellationToken cancellationToken)
    {
        var table = new Table("open groups (each with one branch that has voted)", "open", "groups/s", "CPU µs/group", "× the fewest, before and after", "memory B/open group");
        var rows = new List<(int Open, double Throughput, double Cpu, double Bytes)>();
        var memory = Memory();
        var groups = new OpenGroups(world);
        try
        {
            foreach (var open in options.Children ?? [FewOpen, 1_000, 10_000, 100_000])
            {
                await groups.OpenAsync(open, cancellationToken);
                await world.QuietAsync(cancellationToken);
                var bytes = (Memory() - memory) / open;
                await MeasureAsync(open, bytes);
            }
        }
        finally
        {
            await groups.CloseAsync();
        }

        await world.QuietAsync(cancellationToken);

        // Once more without the others: the machine may have become faster or slower meanwhile.
        var again = new OpenGroups(world);
        try
        {
            await again.OpenAsync(rows[0].Open, cancellationToken);
            await MeasureAsync(rows[0].Open, double.NaN);
        }
        finally
        {
            await again.CloseAsync();
        }

        var few = (rows[0].Cpu + rows[^1].Cpu) / 2;
        foreach (var (open, throughput, cpu, bytes) in rows)
        {
            table.Add(Text.Of(open), Text.Of(throughput), Text.Of(cpu), Text.Of(cpu / few), open < 1_000 ? "–" : Text.Of(bytes));
            Add(report, "open", open, throughput, cpu);
        }

        report.Add(table);

        async Task MeasureAsync(int open, double bytes)
        {
            var (throughput, cpu) = await MedianAsync(world, 1, options, cancellationToken);
            rows.Add((open, throughput, cpu, bytes));
            Console.WriteLine($"  {open} open: {Text.Of(throughput)} groups/s, {Text.Of(cpu)} µs a group");
        }
    }

    private static double Memory() => GC.GetTotalMemory(forceFullCollection: true);

    private static async Task<(double Throughput, double Cpu)> MedianAsync(
        CoordinationWorld world, int branches, BenchOptions options, CancellationToken cancellationToken)
    {
        var rounds = new List<CoordinationRound>();
        for (var round = 0; round < (options.Rounds ?? 3); round++)
            rounds.Add(await RoundAsync(world, branches, options, cancellationToken));
        return (Sample.Median(rounds.Select(round => round.Throughput)), Sample.Median(rounds.Select(round => round.CpuMicroseconds)));
    }

    private static Task<CoordinationRound> RoundAsync(CoordinationWorld world, int branches, BenchOptions options, CancellationToken cancellationToken) =>
        world.RoundAsync(branches, Concurrency, TimeSpan.FromSeconds(options.Seconds ?? 2), cancellationToken);

    private static void Add(Report report, string what, int count, double throughput, double cpu) => report.Results.Add(new JsonObject
    {
        [what] = count,
        ["groupsPerSecond"] = JsonReport.Number(throughput),
        ["cpuMicroseconds"] = JsonReport.Number(cpu),
    });
}
