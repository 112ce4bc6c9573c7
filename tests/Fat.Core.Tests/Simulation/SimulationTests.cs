using System.Diagnostics;
using System.Globalization;
using Fat.Coordination;

namespace Fat.Core.Tests.Simulation;

/// <summary>
/// Random schedules of the product's own coordination and recovery code. FAT_SIM_SEED replays one schedule and writes down all
/// that happens in it; FAT_SIM_SCHEDULES and FAT_SIM_FIRST run others than the usual.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private static readonly ulong First = Setting("FAT_SIM_FIRST") ?? 1;
    private static readonly int Schedules = (int)(Setting("FAT_SIM_SCHEDULES") ?? 20_000);

    [Fact]
    public void No_schedule_commits_a_part_or_lies_or_never_ends()
    {
        if (Setting("FAT_SIM_SEED") is { } seed)
        {
            Replay(seed, BrokenRules.None);
            return;
        }

        var started = Stopwatch.GetTimestamp();
        var summary = Runner.Run(First, Schedules);
        var elapsed = Stopwatch.GetElapsedTime(started);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{summary}; {Schedules / elapsed.TotalMinutes:0} schedules a minute"));
        Assert.True(summary.Failed is null, $"{summary.Failed}. FAT_SIM_SEED={summary.Failed?.Seed} replays it.");
    }

    [Fact]
    public void A_seed_replays_exactly()
    {
        var first = Runner.Play(First, 500);
        var again = Runner.Play(First, 500);

        Assert.Equal(first.Select(report => (report.Seed, report.Trace, report.ToString())), again.Select(report => (report.Seed, report.Trace, report.ToString())));
    }

    private void Replay(ulong seed, BrokenRules broken)
    {
        using var log = new StringWriter();
        var report = Runner.Replay(seed, broken, log);
        output.WriteLine(log.ToString());
        Assert.True(report.Violation is null, report.ToString());
    }

    private static ulong? Setting(string name) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
