using System.Collections.Concurrent;
using Fat.Core.Tests.World;
using Fat.TestServers;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>Slots move from master to master while groups run over them.</summary>
public sealed class ClusterMoveTests(ClusterMoveWorld world) : IClassFixture<ClusterMoveWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private RedisCluster Cluster => world.Cluster;

    [Fact]
    public async Task Slots_move_under_load_and_every_group_commits()
    {
        const int together = 6;
        var (moved, isOver) = (0, 0);
        var failedMoves = new ConcurrentBag<Exception>();
        var load = new GroupLoad(world, together, async gid =>
        {
            if (Volatile.Read(ref isOver) == 1)
                return;

            // Its registration and the vote of its first branch are behind it, all that follows finds the record elsewhere.
            try
            {
                var slot = await Cluster.SlotAsync(world.GroupKey(gid), Stop);
                await Cluster.MoveSlotAsync(slot, await NextMasterAsync(slot), cancellationToken: Stop);
                Interlocked.Increment(ref moved);
            }
            catch (Exception exception)
            {
                // The slot may be half-way now, and no node serves it: that says nothing of Fat, and is told as what it is.
                failedMoves.Add(exception);
                throw;
            }
        });
        await load.CommittedSinceAsync(TimeSpan.Zero, 20, Stop);

        // One slot moves at a time: no group may wait for its turn any more.
        Volatile.Write(ref isOver, 1);
        await load.CommittedSinceAsync(load.Now, 2 * together, Stop);

        // What all groups share moves as well: the inboxes, the heartbeats, the index of a service and its history.
        var instances = (List<object?>)(await (await MasterOfAsync($"{world.KeyPrefix}:instances")).ExecuteAsync(["ZRANGE", $"{world.KeyPrefix}:instances", "0", "-1"], Stop))!;
        Assert.Equal(3, instances.Count);
        string[] shared = [.. instances.Select(instance => $"{world.KeyPrefix}:inbox:{instance}"), $"{world.KeyPrefix}:instances", "{orders}", "{stock}"];
        foreach (var key in shared)
        {
            var slot = await Cluster.SlotAsync(key, Stop);
            var from = load.Now;
            await Cluster.MoveSlotAsync(slot, await NextMasterAsync(slot), () => load.CommittedSinceAsync(from, 1, Stop), Stop);
        }

        await load.CommittedSinceAsync(load.Now, 10, Stop);
        await load.StopAsync(Stop);
        TestContext.Current.TestOutputHelper!.WriteLine($"{moved} groups moved while they were open. {load.Summary()}");

        Assert.Empty(failedMoves);
        await load.AssertAgreementAsync();
        Assert.All(load.All, group => Assert.Equal(FatOutcome.Committed, group.Outcome));
    }

    private async Task<RedisClusterNode> MasterOfAsync(string key) => await Cluster.MasterOfAsync(await Cluster.SlotAsync(key, Stop), Stop);

    /// <summary>Another one of the masters than that which has the slot.</summary>
    private async Task<RedisClusterNode> NextMasterAsync(int slot)
    {
        var owner = await Cluster.MasterOfAsync(slot, Stop);
        return Cluster.Masters.First(master => master != owner);
    }
}

/// <summary>Votes may take as long as a group: that all of them commit says nothing of how busy the machine is.</summary>
public sealed class ClusterMoveWorld(Servers servers) : ClusterWorld(servers)
{
    protected override void Configure(FatOptions options)
    {
        base.Configure(options);
        options.WaitCommit = WaitResult;
    }
}
