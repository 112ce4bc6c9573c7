using System.Diagnostics;
using System.Text.Json.Nodes;
using Fat.Bench.Measuring;

namespace Fat.Bench.Open;

/// <summary>What does a process need for groups that wait, and how fast does one of them wake up?</summary>
internal sealed class OpenBenchmark : IBenchmark
{
    private const int WakeUps = 1_000;
    private const int PoolSize = 20;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromMinutes(2);

    public string Name => "open";

    public string Title => "10,000 groups open at once in one process with a small pool of connections";

    public async Task<Report> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var report = new Report();
        var resources = new Table(
            "the called service while groups are open", "open", "threads", "Redis connections", "of them blocking", "pool", "reserved", "heap B/group", "idle CPU %",
            "idle Redis CPU %", "idle PostgreSQL CPU %");
        var wakeUps = new Table($"from the decision to the branch's commit ({WakeUps} decisions, one every {Pace.TotalMilliseconds:0} ms)", "open", "p50 ms", "p99 ms", "slowest ms");
        var counts = options.Children ?? [1_100, 10_000];
        await using var stage = await OpenStage.SetAsync(counts.Max() + WakeUps, options.Pool ?? PoolSize, cancellationToken);
        var groups = new WaitingGroups(stage.Root);

        // The code is compiled, and the pools have grown, before anything is counted.
        await groups.OpenAsync(WakeUps, cancellationToken);
        await DecideAllAsync(groups, stage, cancellationToken);
        var before = await stage.LookAsync(cancellationToken);
        foreach (var open in counts)
        {
            await groups.OpenAsync(open, cancellationToken);
            Console.WriteLine($"  {open} groups are open");
            var idle = await IdleAsync(stage, TimeSpan.FromSeconds(options.Seconds ?? 5), cancellationToken);
            var used = await stage.LookAsync(cancellationToken);
            var bytes = (used.Memory - before.Memory) / (double)open;
            resources.Add(
                Text.Of(open), Text.Of(used.Threads), Text.Of(used.RedisConnections), Text.Of(used.RedisBlocking), Text.Of(used.PoolConnections),
                Text.Of(used.ReservedConnections), Text.Of(bytes), Text.Of(idle.Service), Text.Of(idle.Redis), Text.Of(idle.Postgres));
            var times = await WakeUpAsync(groups, stage, cancellationToken);
            wakeUps.Add(Text.Of(open), Text.Of(Sample.Percentile(times, 0.5)), Text.Of(Sample.Percentile(times, 0.99)), Text.Of(times[^1]));
            report.Results.Add(Json(open, used, bytes, idle, times));
        }

        var left = groups.Count;
        var drained = await DecideAllAsync(groups, stage, cancellationToken);
        report.Add(resources);
        report.Add(wakeUps);
        report.Note($"The last {left} groups were decided all at once and committed after {Text.Of(drained.TotalSeconds)} s.");
        report.Note("Commit times are PostgreSQL's (track_commit_timestamp), decision times this process's, by the same machine's clock. Idle: nothing happens but waiting; 100 % is one core.");
        return report;
    }

    private static async Task<(double Service, double Redis, double Postgres)> IdleAsync(OpenStage stage, TimeSpan length, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var (service, redis, postgres) = Cpu(stage);
        await Task.Delay(length, TimeProvider.System, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var (serviceAfter, redisAfter, postgresAfter) = Cpu(stage);
        return ((serviceAfter - service) / seconds * 100, (redisAfter - redis) / seconds * 100, (postgresAfter - postgres) / seconds * 100);
    }

    private static (double Service, double Redis, double Postgres) Cpu(OpenStage stage) =>
        (CpuTime.Of(stage.ServiceId), CpuTime.Of(stage.RedisId), CpuTime.OfFamily(stage.PostgresId));

    /// <summary>Milliseconds, the shortest first.</summary>
    private static async Task<List<double>> WakeUpAsync(WaitingGroups groups, OpenStage stage, CancellationToken cancellationToken)
    {
        var goal = await stage.CountPreparedAsync(cancellationToken) - WakeUps;
        var deciding = new List<Task<(int Account, DateTime Decided)>>();
        using var pace = new PeriodicTimer(Pace, TimeProvider.System);
        for (var i = 0; i < WakeUps; i++)
        {
            deciding.Add(groups.DecideAsync());
            await pace.WaitForNextTickAsync(cancellationToken);
        }

        var decided = await Task.WhenAll(deciding);
        await DrainedAsync(stage, goal, cancellationToken);
        var committed = await stage.CommitTimesAsync(cancellationToken);
        return [.. decided.Select(group => Math.Max(0, (committed[group.Account] - group.Decided).TotalMilliseconds)).Order()];
    }

    private static async Task<TimeSpan> DecideAllAsync(WaitingGroups groups, OpenStage stage, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var deciding = new List<Task>();
        while (groups.Count > 0)
            deciding.Add(groups.DecideAsync());
        await Task.WhenAll(deciding);
        await DrainedAsync(stage, 0, cancellationToken);
        var taken = Stopwatch.GetElapsedTime(start);
        await stage.ForgetEntriesAsync(cancellationToken);
        return taken;
    }

    private static async Task DrainedAsync(OpenStage stage, long left, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (await stage.CountPreparedAsync(cancellationToken) > left)
        {
            if (Stopwatch.GetElapsedTime(start) > LongestDrain)
                throw new TimeoutException("Decided branches were not committed within two minutes.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        }
    }

    private static JsonObject Json(
        int open, OpenResources used, double bytes, (double Service, double Redis, double Postgres) idle, List<double> times) => new()
        {
            ["open"] = open,
            ["threads"] = used.Threads,
            ["redisConnections"] = used.RedisConnections,
            ["redisBlockingConnections"] = used.RedisBlocking,
            ["poolConnections"] = used.PoolConnections,
            ["reservedConnections"] = used.ReservedConnections,
            ["heapBytesPerGroup"] = JsonReport.Number(bytes),
            ["idleServiceCpuPercent"] = JsonReport.Number(idle.Service),
            ["idleRedisCpuPercent"] = JsonReport.Number(idle.Redis),
            ["idlePostgresCpuPercent"] = JsonReport.Number(idle.Postgres),
            ["wakeUpP50Milliseconds"] = JsonReport.Number(Sample.Percentile(times, 0.5)),
            ["wakeUpP99Milliseconds"] = JsonReport.Number(Sample.Percentile(times, 0.99)),
            ["wakeUpSlowestMilliseconds"] = JsonReport.Number(times[^1]),
        };
}
