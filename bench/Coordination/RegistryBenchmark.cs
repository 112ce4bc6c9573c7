using System.Text.Json.Nodes;
using Fat.Bench.Measuring;
using Fat.TestServers;

namespace Fat.Bench.Coordination;

/// <summary>How near is pure coordination to what the registry can do at most?</summary>
internal sealed class RegistryBenchmark : IBenchmark
{
    private const int Concurrency = 64;
    private static readonly TimeSpan Recorded = TimeSpan.FromSeconds(1);

    // What a group of so many branches was measured to send, for servers that do not count.
    private readonly Dictionary<(FatAnswer, int), double> _commands = [];

    public string Name => "registry";

    public string Title => "pure coordination, no database, against as many bare pipelined EVALSHA calls";

    public async Task<Report> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var report = new Report();
        var table = new Table(
            $"{Concurrency} groups at once", "variant", "branches", "groups/s", "same calls, bare", "× these", "empty calls", "× these", "commands/group", "CPU µs/group", "of it server", "bare CPU µs", "of it server", "empty CPU µs", "of it server");
        foreach (var kind in new[] { RedisServerKind.Redis, RedisServerKind.Garnet })
        {
            foreach (var answer in new[] { FatAnswer.Prepared, FatAnswer.Early })
            {
                await using var world = await CoordinationWorld.StartAsync(kind, answer, cancellationToken);
                await world.RoundAsync(2, Concurrency, WarmUp.Length, cancellationToken);
                await world.Floor.RoundAsync(10, Concurrency, TimeSpan.FromSeconds(5), cancellationToken);
                foreach (var branches in options.Children ?? [1, 2, 8])
                    await MeasureAsync(world, kind, answer, branches, options, table, report, cancellationToken);
            }
        }

        report.Add(table);
        report.Note("The root has no database, so its decision is a call to the registry as well. Each branch is a call to one of two other services in the same process.");
        report.Note("Same calls, bare: what groups have sent to Redis, recorded and sent once more, in the same order and pipelined, to an empty database: the same scripts, without Fat.");
        report.Note("Empty calls: the script 'return ARGV[1]', as many calls a group, sent together, through StackExchange.Redis from the same number of callers.");
        return report;
    }

    private async Task MeasureAsync(
        CoordinationWorld world, RedisServerKind kind, FatAnswer answer, int branches, BenchOptions options, Table table, Report report,
        CancellationToken cancellationToken)
    {
        var length = TimeSpan.FromSeconds(options.Seconds ?? 2);
        var rounds = new List<(CoordinationRound Fat, CoordinationRound? Bare, CoordinationRound Empty)>();

        // Garnet has no MONITOR.
        await using var bare = kind == RedisServerKind.Redis
            ? await BareCalls.RecordAsync(world.Redis, () => world.RoundAsync(branches, Concurrency, Recorded, cancellationToken), cancellationToken)
            : null;
        for (var round = 0; round < (options.Rounds ?? 3); round++)
        {
            var fat = await world.RoundAsync(branches, Concurrency, length, cancellationToken);
            if (fat.Commands > 0)
                _commands[(answer, branches)] = fat.CommandsOfGroup;
            var calls = (int)Math.Round(_commands[(answer, branches)]);
            rounds.Add((
                fat,
                bare is null ? null : await bare.RoundAsync(calls * Concurrency, cancellationToken),
                await world.Floor.RoundAsync(calls, Concurrency, length, cancellationToken)));
        }

        var variant = $"{kind}, {answer}";
        var throughput = Of(round => round.Fat.Throughput);
        var bareThroughput = Of(round => round.Bare?.Throughput);
        var emptyThroughput = Of(round => round.Empty.Throughput);
        var toBare = Of(round => round.Fat.Throughput / round.Bare?.Throughput);
        var toEmpty = Of(round => round.Fat.Throughput / round.Empty.Throughput);
        var cpu = Of(round => round.Fat.CpuMicroseconds);
        var bareCpu = Of(round => round.Bare?.CpuMicroseconds);
        var emptyCpu = Of(round => round.Empty.CpuMicroseconds);
        var serverCpu = Of(round => round.Fat.ServerCpuMicroseconds);
        var bareServerCpu = Of(round => round.Bare?.ServerCpuMicroseconds);
        var emptyServerCpu = Of(round => round.Empty.ServerCpuMicroseconds);
        var commands = kind == RedisServerKind.Redis ? Of(round => round.Fat.CommandsOfGroup) : double.NaN;
        table.Add(
            variant, Text.Of(branches), Text.Of(throughput), Text.Of(bareThroughput), Text.Of(toBare), Text.Of(emptyThroughput), Text.Of(toEmpty), Text.Of(commands), Text.Of(cpu), Text.Of(serverCpu),
            Text.Of(bareCpu), Text.Of(bareServerCpu), Text.Of(emptyCpu), Text.Of(emptyServerCpu));
        Console.WriteLine($"  {variant}, {branches} branches: {Text.Of(throughput)}/s, the same calls bare {Text.Of(bareThroughput)}/s, empty ones {Text.Of(emptyThroughput)}/s");
        report.Results.Add(new JsonObject
        {
            ["server"] = kind.ToString(),
            ["answer"] = answer.ToString(),
            ["branches"] = branches,
            ["groupsPerSecond"] = JsonReport.Number(throughput),
            ["bareGroupsPerSecond"] = JsonReport.Number(bareThroughput),
            ["toBare"] = JsonReport.Number(toBare),
            ["emptyGroupsPerSecond"] = JsonReport.Number(emptyThroughput),
            ["toEmpty"] = JsonReport.Number(toEmpty),
            ["commandsPerGroup"] = JsonReport.Number(commands),
            ["cpuMicrosecondsPerGroup"] = JsonReport.Number(cpu),
            ["serverCpuMicrosecondsPerGroup"] = JsonReport.Number(serverCpu),
            ["bareCpuMicrosecondsPerGroup"] = JsonReport.Number(bareCpu),
            ["bareServerCpuMicrosecondsPerGroup"] = JsonReport.Number(bareServerCpu),
            ["emptyCpuMicrosecondsPerGroup"] = JsonReport.Number(emptyCpu),
            ["emptyServerCpuMicrosecondsPerGroup"] = JsonReport.Number(emptyServerCpu),
        });

        double Of(Func<(CoordinationRound Fat, CoordinationRound? Bare, CoordinationRound Empty), double?> number) => Sample.Median(rounds.Select(round => number(round) ?? double.NaN));
    }
}
