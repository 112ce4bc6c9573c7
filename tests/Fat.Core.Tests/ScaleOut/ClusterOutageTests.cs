using Fat.TestServers;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>A master of a cluster dies, or hangs, while groups run over it.</summary>
public sealed class ClusterOutageTests(ClusterOutageWorld world) : IClassFixture<ClusterOutageWorld>
{
    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(12);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private RedisCluster Cluster => world.Cluster;

    [Fact]
    public Task A_master_is_killed_under_load_and_its_replica_takes_over() => OutageAsync(Cluster.Nodes[0], master => master.KillAsync(Stop));

    [Fact]
    public async Task A_master_hangs_under_load_and_its_replica_takes_over()
    {
        var master = Cluster.Nodes[1];
        await OutageAsync(master, server => server.PauseAsync(Stop));

        // It comes back as a replica, and nobody takes its word any more.
        await master.Server.ResumeAsync(Stop);
        while (await master.IsMasterAsync(Stop))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
    }

    /// <summary>A master goes away under load.</summary>
    private async Task OutageAsync(RedisClusterNode master, Func<RedisServer, Task> strike)
    {
        Assert.True(await master.IsMasterAsync(Stop));
        var replica = Cluster.ReplicaOf(master);
        var load = new GroupLoad(world, together: 8);
        await load.CommittedSinceAsync(TimeSpan.Zero, 20, Stop);

        var struck = load.Now;
        await strike(master.Server);
        await Cluster.WaitUntilMasterAsync(replica, Stop);
        var replaced = load.Now;

        // A third of the groups have their record there.
        await load.CommittedSinceAsync(replaced, 40, Stop);
        var served = load.Now;
        await ServedByAsync(replica);
        await load.StopAsync(Stop);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"replica promoted after {(replaced - struck).TotalMilliseconds:0} ms, 40 groups more after {(served - struck).TotalMilliseconds:0} ms. {load.Summary()}");

        Assert.All(load.All, group => Assert.InRange(group.Took, TimeSpan.Zero, ClusterWorld.WaitResult + LongestOutage));
        Assert.InRange(served - struck, TimeSpan.Zero, LongestOutage);
        await load.AssertAgreementAsync();
    }

    /// <summary>Groups whose record is on one server commit.</summary>
    private async Task ServedByAsync(RedisClusterNode master)
    {
        for (var found = 0; found < 3;)
        {
            var id = world.NextId();
            var isThere = false;
            var result = await world.Orders.RootAsync(async (items, token) =>
            {
                var slot = await Cluster.SlotAsync(world.GroupKey(FatContext.Current!.Gid), token);
                isThere = await Cluster.MasterOfAsync(slot, token) == master;
                await items.AddAsync(id, token);
                await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            });
            if (!isThere)
                continue;
            found++;
            Assert.Null(result.Error);
            await world.Stock.SeesAsync(id, Stop);
        }
    }
}
