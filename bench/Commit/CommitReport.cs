using System.Text.Json.Nodes;
using Fat.Bench.Measuring;

namespace Fat.Bench.Commit;

/// <summary>The cells as tables, one for each load.</summary>
internal static class CommitReport
{
    public static Report Of(IReadOnlyList<CommitCell> cells, TimeSpan length, int rounds)
    {
        var report = new Report { Failures = cells.Sum(cell => cell.Failures) };
        foreach (var load in cells.GroupBy(cell => cell.Load))
        {
            var table = new Table(
                load.Key.ToString(), "mode", "groups/s", "× naive", "× http-2pc", "p50 ms", "p99 ms", "p50 × naive", "Redis/group", "WAL syncs/group",
                "CPU s/1000", "services", "PostgreSQL", "Redis", "failed");
            var naive = load.FirstOrDefault(cell => cell.Mode == CommitMode.Naive);
            var byHand = load.FirstOrDefault(cell => cell.Mode == CommitMode.Http2Pc);
            foreach (var cell in load)
            {
                Add(table, cell, naive, byHand);
                report.Results.Add(Json(cell, naive, byHand));
            }

            report.Add(table);
        }

        report.Note($"Medians of {rounds} rounds of {length.TotalSeconds:0.#} s of each mode in turn; ratios are medians of the ratios of neighbouring rounds.");
        report.Note("A round ends when its last transaction is over. Redis: commands that clients send. CPU: services, PostgreSQL and Redis, without the clients.");
        return report;
    }

    private static void Add(Table table, CommitCell cell, CommitCell? naive, CommitCell? byHand) => table.Add(
        cell.Mode.Name(),
        Text.Of(cell.Throughput),
        Text.Of(cell.Ratio(naive, round => round.Throughput)),
        Text.Of(cell.Ratio(byHand, round => round.Throughput)),
        Text.Of(cell.P50),
        Text.Of(cell.P99),
        Text.Of(cell.Ratio(naive, round => round.P50)),
        Text.Of(cell.RedisCommands),
        Text.Of(cell.WalSyncs),
        Text.Of(cell.CpuOfThousand),
        Text.Of(cell.Use.ServiceCpu / cell.Groups * 1000),
        Text.Of(cell.Use.PostgresCpu / cell.Groups * 1000),
        Text.Of(cell.Use.RedisCpu / cell.Groups * 1000),
        Text.Of(cell.Failures));

    private static JsonObject Json(CommitCell cell, CommitCell? naive, CommitCell? byHand) => new()
    {
        ["mode"] = cell.Mode.Name(),
        ["children"] = cell.Load.Children,
        ["concurrency"] = cell.Load.Concurrency,
        ["groupsPerSecond"] = JsonReport.Number(cell.Throughput),
        ["toNaive"] = JsonReport.Number(cell.Ratio(naive, round => round.Throughput)),
        ["toHttp2Pc"] = JsonReport.Number(cell.Ratio(byHand, round => round.Throughput)),
        ["p50Milliseconds"] = JsonReport.Number(cell.P50),
        ["p99Milliseconds"] = JsonReport.Number(cell.P99),
        ["p50ToNaive"] = JsonReport.Number(cell.Ratio(naive, round => round.P50)),
        ["redisCommandsPerGroup"] = JsonReport.Number(cell.RedisCommands),
        ["walSyncsPerGroup"] = JsonReport.Number(cell.WalSyncs),
        ["cpuSecondsPerThousand"] = JsonReport.Number(cell.CpuOfThousand),
        ["serviceCpuSecondsPerThousand"] = JsonReport.Number(cell.Use.ServiceCpu / cell.Groups * 1000),
        ["postgresCpuSecondsPerThousand"] = JsonReport.Number(cell.Use.PostgresCpu / cell.Groups * 1000),
        ["redisCpuSecondsPerThousand"] = JsonReport.Number(cell.Use.RedisCpu / cell.Groups * 1000),
        ["failures"] = cell.Failures,
        ["rounds"] = new JsonArray([.. cell.Rounds.Select(round => JsonValue.Create(Math.Round(round.Throughput, 1)))]),
    };
}
