using Fat.Coordination;
using Fat.TestServers;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>One master does not answer, and nobody takes its slots over.</summary>
public sealed class ClusterReachTests(ClusterReachWorld world) : IClassFixture<ClusterReachWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>It has the inbox of the process that waits: what is pushed is lost, and the process has to look by itself.</summary>
    [Fact]
    public async Task Groups_whose_record_is_elsewhere_end_while_those_that_it_has_wait()
    {
        var waits = world.Stock.Services.GetRequiredService<Node>().Instance;
        var silent = await world.Cluster.MasterOfAsync(await world.Cluster.SlotAsync($"{world.KeyPrefix}:inbox:{waits}", Stop), Stop);
        var (there, elsewhere) = (new List<int>(), new List<int>());

        await silent.Server.PauseAsync(Stop);
        try
        {
            while (there.Count == 0 || elsewhere.Count < 3)
            {
                var id = world.NextId();
                if (await CommitAsync(id) == silent)
                    there.Add(id);
                else if (there.Count > 0)
                    elsewhere.Add(id);
            }

            foreach (var id in elsewhere)
                await world.Stock.SeesAsync(id, Stop);
            foreach (var id in there)
                Assert.False(await world.Stock.HasAsync(id));
        }
        finally
        {
            await silent.Server.ResumeAsync(Stop);
        }

        foreach (var id in there)
            await world.Stock.SeesAsync(id, Stop);
    }

    /// <summary>Its branch hears the decision all the same: it asks the root's service, and that answers by the branch's inbox.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_group_whose_record_nobody_serves_ends(bool commits)
    {
        var id = world.NextId();
        var slot = 0;
        RedisClusterNode? owner = null;
        try
        {
            var result = await world.Orders.RootAsync(async (items, token) =>
            {
                slot = await world.Cluster.SlotAsync(world.GroupKey(FatContext.Current!.Gid), token);
                await items.AddAsync(id, token);
                await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
                owner = await world.Cluster.LoseSlotAsync(slot, token);
                if (!commits)
                    throw new InvalidOperationException("no");
            });

            Assert.Equal(commits ? FatOutcome.Committed : FatOutcome.RolledBack, result.Outcome);
            await world.NothingPreparedAsync(world.Stock);
            Assert.Equal(commits, await world.Stock.HasAsync(id));
            Assert.Equal(commits, await world.Orders.HasAsync(id));
        }
        finally
        {
            await RedisCluster.FindSlotAsync(slot, owner!, Stop);
        }
    }

    /// <summary>A group over two services commits. Returns the master that its record belongs to.</summary>
    private async Task<RedisClusterNode> CommitAsync(int id)
    {
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
        });
        Assert.Equal(FatOutcome.Committed, result.Outcome);
        return await world.Cluster.MasterOfAsync(await world.Cluster.SlotAsync(world.GroupKey(result.Gid), Stop), Stop);
    }
}
