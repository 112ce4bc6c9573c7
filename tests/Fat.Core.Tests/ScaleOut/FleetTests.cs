namespace Fat.Core.Tests.ScaleOut;

/// <summary>What a thousand processes cost Redis and the databases when they do nothing, when Redis comes back, and when a tenth of them is lost (docs/scaling.md).</summary>
public sealed class FleetTests(FleetRun run) : IClassFixture<FleetRun>
{
    [Fact]
    public void An_idle_process_costs_less_than_three_commands_a_second_and_they_do_not_come_together()
    {
        var idle = Told(run.Idle);
        Assert.InRange(idle.Commands / FleetRun.Instances, 0.5, 2.8);
        Assert.InRange(idle.Peak / idle.Commands, 1, 1.6);
        Assert.InRange(idle.StatementPeak / idle.Statements, 1, 2);
        Assert.InRange(idle.HottestShare, 0, 0.4);
    }

    [Fact]
    public void When_Redis_comes_back_there_is_no_stampede()
    {
        var back = Told(run.Back);
        Assert.InRange(back.Commands / FleetRun.Instances, 0.5, 3.2);
        Assert.InRange(back.Peak / back.Commands, 1, 2.5);
    }

    [Fact]
    public void When_a_tenth_of_the_processes_is_lost_with_open_groups_recovery_ends_them_at_a_bounded_cost()
    {
        var recovery = Told(run.Recovery);
        Assert.InRange(run.Prepared, FleetRun.Instances / 10, int.MaxValue);
        Assert.Equal(0, run.Left);
        Assert.InRange(run.RecoveryTime, TimeSpan.Zero, TimeSpan.FromSeconds(15));

        // Every process of a service looks for itself: 45 of each service are left.
        Assert.InRange(recovery.All / (double)run.Prepared, 0, 100);
    }

    private static FleetPhase Told(FleetPhase phase)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(phase.Text);
        return phase;
    }
}
