using System.Text.Json.Nodes;
using Fat.Bench.Measuring;

namespace Fat.Bench.Messages;

/// <summary>How many messages a second, and how soon, against plain lists and the same rows?</summary>
internal sealed class MessagesBenchmark : IBenchmark
{
    public string Name => "messages";

    public string Title => "messages from commit to consumed, against Redis lists and the same rows";

    public async Task<Report> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var report = new Report();
        var full = new Table(
            "As fast as 16 producers can, to 16 consumers a group", "", "groups", "messages/s", "× floor", "p50 ms", "p99 ms", "CPU µs/message", "of it PostgreSQL", "Redis", "scripts/message");
        var half = new Table("At half of Fat's messages/s", "", "groups", "messages/s", "p50 ms", "p99 ms", "CPU µs/message");
        foreach (var groups in options.Children ?? [1, 2])
        {
            await using var world = await MessagesWorld.StartAsync(groups, cancellationToken);
            var length = TimeSpan.FromSeconds(options.Seconds ?? 5);
            await world.RoundAsync(world.Fat, null, WarmUp.Length, cancellationToken);
            await world.RoundAsync(world.Floor, null, WarmUp.Length / 2, cancellationToken);
            var fast = await RoundsAsync(world, null, length, options.Rounds ?? 3, cancellationToken);
            var rate = Sample.Median(fast.Select(round => round.Fat.Throughput)) / 2;
            var paced = await RoundsAsync(world, rate, length, options.Rounds ?? 3, cancellationToken);
            var ratio = Sample.Median(fast.Select(round => round.Fat.Throughput / round.Floor.Throughput));
            Add(full, half, report, world, "fat", [.. fast.Select(round => round.Fat)], [.. paced.Select(round => round.Fat)], ratio);
            Add(full, half, report, world, "floor", [.. fast.Select(round => round.Floor)], [.. paced.Select(round => round.Floor)], 1);
            if (await world.ProblemAsync(cancellationToken) is not { } problem)
                continue;
            report.Failures++;
            report.Note($"NOT EXACTLY ONCE: {problem}");
        }

        report.Add(full);
        report.Add(half);
        if (report.Failures == 0)
            report.Note("Checked: every message has its row at the producer and at each subscriber, once.");
        report.Note("Floor: the same transactions, with a row as the barrier's in each; LPUSH behind the commit and BRPOP before the consumer's transaction. What is lost between is lost.");
        return report;
    }

    private static async Task<List<(MessageRound Fat, MessageRound Floor)>> RoundsAsync(
        MessagesWorld world, double? perSecond, TimeSpan length, int rounds, CancellationToken cancellationToken)
    {
        var all = new List<(MessageRound Fat, MessageRound Floor)>();
        for (var round = 0; round < rounds; round++)
        {
            all.Add((await world.RoundAsync(world.Fat, perSecond, length, cancellationToken), await world.RoundAsync(world.Floor, perSecond, length, cancellationToken)));
            var (fat, floor) = all[^1];
            Console.WriteLine(
                $"  {world.Groups} groups{(perSecond is { } pace ? $", {Text.Of(pace)}/s" : string.Empty)}: fat {Text.Of(fat.Throughput)}/s, p50 {Text.Of(fat.P50)} ms; floor {Text.Of(floor.Throughput)}/s, p50 {Text.Of(floor.P50)} ms");
        }

        return all;
    }

    private static void Add(
        Table full, Table half, Report report, MessagesWorld world, string lane, IReadOnlyList<MessageRound> fast, IReadOnlyList<MessageRound> paced, double ratio)
    {
        full.Add(
            lane, Text.Of(world.Groups), Text.Of(Median(fast, round => round.Throughput)), Text.Of(ratio), Text.Of(Median(fast, round => round.P50)), Text.Of(Median(fast, round => round.P99)),
            Text.Of(Median(fast, Cpu)), Text.Of(Median(fast, round => round.Micros(round.PostgresCpu))), Text.Of(Median(fast, round => round.Micros(round.RedisCpu))),
            Text.Of(Median(fast, round => (double)round.Commands / round.Messages)));
        half.Add(
            lane, Text.Of(world.Groups), Text.Of(Median(paced, round => round.Throughput)), Text.Of(Median(paced, round => round.P50)), Text.Of(Median(paced, round => round.P99)),
            Text.Of(Median(paced, Cpu)));
        report.Results.Add(new JsonObject
        {
            ["lane"] = lane,
            ["groups"] = world.Groups,
            ["messagesPerSecond"] = JsonReport.Number(Median(fast, round => round.Throughput)),
            ["toFloor"] = JsonReport.Number(ratio),
            ["p50"] = JsonReport.Number(Median(fast, round => round.P50)),
            ["p99"] = JsonReport.Number(Median(fast, round => round.P99)),
            ["cpuMicrosecondsPerMessage"] = JsonReport.Number(Median(fast, Cpu)),
            ["scriptsPerMessage"] = JsonReport.Number(Median(fast, round => (double)round.Commands / round.Messages)),
            ["halfLoadPerSecond"] = JsonReport.Number(Median(paced, round => round.Throughput)),
            ["halfLoadP50"] = JsonReport.Number(Median(paced, round => round.P50)),
            ["halfLoadP99"] = JsonReport.Number(Median(paced, round => round.P99)),
        });
    }

    private static double Median(IReadOnlyList<MessageRound> rounds, Func<MessageRound, double> value) => Sample.Median(rounds.Select(value));

    private static double Cpu(MessageRound round) => round.Micros(round.OwnCpu + round.PostgresCpu + round.RedisCpu);
}
