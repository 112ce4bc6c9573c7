using System.Text.Json.Nodes;
using Fat.Bench.Measuring;
using Fat.TestServers;

namespace Fat.Bench.Coordination;

/// <summary>How near is pure coordination to what the registry can do at most?</summary>
internal sealed class RegistryBenchmark : IBenchmark
{
    private const int Concurrency = 64;

    // What a group of so many branches was measured to send, for servers that do not count.
    private readonly Dictionary<(FatAnswer, int), double> _commands = [];

    public string Name => "registry";

    public string Title => "pure coordination, no database, against as many bare pipelined EVALSHA calls";

    public async Task<Report> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var report = new Report();
        var table = new Table(
            $"{Concurrency} groups at once", "variant", "branches", "groups/s", "floor groups/s", "× floor", "commands/group", "CPU µs/group", "of it server", "floor CPU µs", "of it server");
        foreach (var kind in new[] { RedisServerKind.Redis, RedisServerKind.Garnet })
        {
            foreach (var answer in new[] { FatAnswer.Prepared, FatAnswer.Early })
            {
                await using var world = await CoordinationWorld.StartAsync(kind, answer, cancellationToken);
                await world.RoundAsync(2, Concurrency, TimeSpan.FromSeconds(3), cancellationToken);
                await world.Floor.RoundAsync(10, Concurrency, TimeSpan.FromSeconds(1), cancellationToken);
                foreach (var branches in options.Children ?? [1, 2, 8])
                    await MeasureAsync(world, kind, answer, branches, options, table, report, cancellationToken);
            }
        }

        report.Add(table);
        report.Note("The root has no database, so its decision is a call to the registry as well. Each branch is a call to one of two other services in the same process.");
        report.Note("Floor: the script 'return ARGV[1]', as many calls a group, sent together, through StackExchange.Redis from the same number of callers.");
        return report;
    }

    private async Task MeasureAsync(
        CoordinationWorld world, RedisServerKind kind, FatAnswer answer, int branches, BenchOptions options, Table table, Report report,
        CancellationToken cancellationToken)
    {
        var length = TimeSpan.FromSeconds(options.Seconds ?? 2);
        var rounds = new List<(CoordinationRound Fat, CoordinationRound Floor)>();
        for (var round = 0; round < (options.Rounds ?? 3); round++)
        {
            var fat = await world.RoundAsync(branches, Concurrency, length, cancellationToken);
            if (fat.Commands > 0)
                _commands[(answer, branches)] = fat.CommandsOfGroup;
            rounds.Add((fat, await world.Floor.RoundAsync((int)Math.Round(_commands[(answer, branches)]), Concurrency, length, cancellationToken)));
        }

        var variant = $"{kind}, {answer}";
        var throughput = Sample.Median(rounds.Select(round => round.Fat.Throughput));
        var floor = Sample.Median(rounds.Select(round => round.Floor.Throughput));
        var ratio = Sample.Median(rounds.Select(round => round.Fat.Throughput / round.Floor.Throughput));
        var cpu = Sample.Median(rounds.Select(round => round.Fat.CpuMicroseconds));
        var floorCpu = Sample.Median(rounds.Select(round => round.Floor.CpuMicroseconds));
        var serverCpu = Sample.Median(rounds.Select(round => round.Fat.ServerCpuMicroseconds));
        var floorServerCpu = Sample.Median(rounds.Select(round => round.Floor.ServerCpuMicroseconds));
        var commands = kind == RedisServerKind.Redis ? Sample.Median(rounds.Select(round => round.Fat.CommandsOfGroup)) : double.NaN;
        table.Add(
            variant, Text.Of(branches), Text.Of(throughput), Text.Of(floor), Text.Of(ratio), Text.Of(commands), Text.Of(cpu), Text.Of(serverCpu), Text.Of(floorCpu),
            Text.Of(floorServerCpu));
        Console.WriteLine($"  {variant}, {branches} branches: {Text.Of(throughput)}/s, floor {Text.Of(floor)}/s");
        report.Results.Add(new JsonObject
        {
            ["server"] = kind.ToString(),
            ["answer"] = answer.ToString(),
            ["branches"] = branches,
            ["groupsPerSecond"] = JsonReport.Number(throughput),
            ["floorGroupsPerSecond"] = JsonReport.Number(floor),
            ["toFloor"] = JsonReport.Number(ratio),
            ["commandsPerGroup"] = JsonReport.Number(commands),
            ["cpuMicrosecondsPerGroup"] = JsonReport.Number(cpu),
            ["serverCpuMicrosecondsPerGroup"] = JsonReport.Number(serverCpu),
            ["floorServerCpuMicrosecondsPerGroup"] = JsonReport.Number(floorServerCpu),
            ["floorCpuMicrosecondsPerGroup"] = JsonReport.Number(floorCpu),
        });
    }
}
