namespace Fat.Core.Tests.ScaleOut;

/// <summary>A master dies and its replica, which had not heard the last of it, takes over: what was lost is unknown, and every group ends (rule S6).</summary>
public sealed class ReplicaPromotedTests(ReplicaWorld world) : IClassFixture<ReplicaWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_whose_registration_and_votes_are_lost_end_and_the_databases_agree()
    {
        var (lost, went) = (new TaskCompletionSource<string>(), new TaskCompletionSource());
        var load = new GroupLoad(world, together: 6);
        await load.CommittedSinceAsync(TimeSpan.Zero, 20, Stop);

        // These begin and vote behind the replica's back, and their roots go on when it has taken over.
        world.CutReplication();
        var id = world.NextId();
        var open = world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            lost.SetResult(FatContext.Current!.Gid);
            await went.Task;
            await world.Accounts.CallAsync((accounts, stop) => accounts.AddAsync(id, stop));
        });
        var gid = await lost.Task;
        await load.CommittedSinceAsync(load.Now, 20, Stop);
        await world.Master.KillAsync(Stop);

        // Asked before anybody can write to it: a master is told of the group again.
        Assert.False(await world.ReplicaHasAsync($"{world.KeyPrefix}:{{{gid}}}"), "the replica knows the group: nothing was lost");
        await world.PromoteAsync();
        var promoted = load.Now;
        went.SetResult();

        await load.CommittedSinceAsync(promoted, 20, Stop);
        var served = load.Now;
        var result = await open;
        await load.StopAsync(Stop);
        TestContext.Current.TestOutputHelper!.WriteLine($"20 groups more {(served - promoted).TotalMilliseconds:0} ms after the promotion. {load.Summary()}");

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await world.Stock.SeesAsync(id, Stop);
        await world.Accounts.SeesAsync(id, Stop);
        Assert.InRange(served - promoted, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await load.AssertAgreementAsync();
    }
}
