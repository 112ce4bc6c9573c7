using System.Diagnostics;
using Fat.Bench.Measuring;

namespace Fat.Bench.Commit;

/// <summary>What does atomicity cost? Three services over HTTP and PostgreSQL, the same handlers under every mode.</summary>
internal sealed class CommitBenchmark : IBenchmark
{
    // Until the code of the services is compiled and compiled again; a busy machine takes longer.
    private const int WarmUpGroups = 10_000;
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(60);

    public string Name => "commit";

    public string Title => "three services over HTTP and PostgreSQL, with and without atomicity";

    public async Task<Report> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var modes = CommitModes.All.Where(mode => options.Modes?.Contains(mode.Name(), StringComparer.Ordinal) ?? true).ToList();
        var loads = (options.Children ?? [1, 2, 4]).SelectMany(_ => options.Concurrency ?? [1, 16, 64], (children, clients) => new CommitLoad(children, clients)).ToList();
        var length = TimeSpan.FromSeconds(options.Seconds ?? 2);
        var stages = new List<CommitStage>();
        try
        {
            foreach (var mode in modes)
            {
                Console.WriteLine($"  starting the services of {mode.Name()}");
                stages.Add(await CommitStage.SetAsync(mode, cancellationToken));
            }

            return await MeasureAsync(stages, loads, length, options.Rounds ?? 3, cancellationToken);
        }
        finally
        {
            foreach (var stage in stages)
                await stage.DisposeAsync();
        }
    }

    private static async Task<Report> MeasureAsync(
        List<CommitStage> stages, List<CommitLoad> loads, TimeSpan length, int rounds, CancellationToken cancellationToken)
    {
        using var clients = new Clients();
        var check = new AtomicityCheck();
        foreach (var stage in stages)
            await WarmUpAsync(clients, stage, check, cancellationToken);

        var cells = new List<CommitCell>();
        foreach (var load in loads)
        {
            var row = stages.ConvertAll(stage => new CommitCell(stage.Mode, load));
            for (var round = 0; round < rounds; round++)
            {
                foreach (var (stage, cell) in stages.Zip(row))
                {
                    if (round == 0)
                        await NoteWalAsync(stage, cell, cells, cancellationToken);
                    cell.Add(await clients.RoundAsync(stage, load, length, cancellationToken));
                }
            }

            cells.AddRange(row);
            Console.WriteLine($"  {load}: {string.Join(", ", row.Select(cell => $"{cell.Mode.Name()} {Text.Of(cell.Throughput)}/s"))}");
        }

        foreach (var stage in stages)
            await NoteWalAsync(stage, null, cells, cancellationToken);
        cells.ForEach(cell => check.Add(cell));
        var report = CommitReport.Of(cells, length, rounds);
        report.Note(await check.RunAsync(stages, cancellationToken));
        return report;
    }

    private static async Task WarmUpAsync(Clients clients, CommitStage stage, AtomicityCheck check, CancellationToken cancellationToken)
    {
        var load = new CommitLoad(Children: 2, Concurrency: 8);
        var start = Stopwatch.GetTimestamp();
        for (var groups = 0; groups < WarmUpGroups && Stopwatch.GetElapsedTime(start) < LongestWarmUp;)
        {
            var round = await clients.RoundAsync(stage, load, TimeSpan.FromSeconds(2), cancellationToken);
            check.Add(stage.Mode, load, round.Groups, round.Failures);
            groups += round.Groups;
            if (round.Groups == 0)
                throw new InvalidOperationException($"{stage.Mode.Name()} does not answer any request well.");
        }

        Console.WriteLine($"  warmed up {stage.Mode.Name()} in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
    }

    /// <summary>The counter is read as late as possible: its server tells late. What a load has used is known when the next one begins.</summary>
    private static async Task NoteWalAsync(CommitStage stage, CommitCell? next, List<CommitCell> before, CancellationToken cancellationToken)
    {
        var syncs = await stage.Meter.WalSyncsAsync(cancellationToken);
        if (next is not null)
            next.WalSyncsBefore = syncs;
        if (before.FindLast(cell => cell.Mode == stage.Mode) is { } last)
            last.WalSyncsAfter = syncs;
    }
}
