using Fat.Coordination;

namespace Fat.Core.Tests.Simulation;

/// <summary>A simulation that finds nothing proves nothing unless it finds what a missing rule does.</summary>
public sealed class BrokenRulesTests(ITestOutputHelper output)
{
    private const int Most = 20_000;

    [Theory]
    [InlineData(nameof(BrokenRules.KnownSet))]
    [InlineData(nameof(BrokenRules.Barrier))]
    [InlineData(nameof(BrokenRules.TrustRegistry))]
    [InlineData(nameof(BrokenRules.Unvote))]
    [InlineData(nameof(BrokenRules.Joined))]
    public void Without_a_rule_some_schedule_commits_a_part_or_lies(string rule)
    {
        var broken = Enum.Parse<BrokenRules>(rule);
        var summary = Runner.Run(1, Most, broken);

        Assert.True(summary.Failed is { IsUnsafe: true }, $"Nothing was noticed without the rule {rule}: {summary.Failed?.ToString() ?? summary.ToString()}");
        output.WriteLine($"{summary.Failed}; {summary}");
        Assert.Equal(summary.Failed!.Violation, Runner.Replay(summary.Failed.Seed, broken).Violation);
        Assert.Null(Runner.Replay(summary.Failed.Seed).Violation);
    }
}
