namespace Fat.TestServers.Tests;

public sealed class RedisClusterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slots_that_move_one_after_the_other_stay_where_they_went()
    {
        await using var cluster = await RedisCluster.StartAsync(cancellationToken: Stop);
        var masters = cluster.Masters.ToList();
        var went = new Dictionary<int, RedisClusterNode>();
        for (var i = 0; i < 50; i++)
        {
            var key = $"key:{i}";
            var slot = await cluster.SlotAsync(key, Stop);
            var source = await cluster.MasterOfAsync(slot, Stop);
            await source.ExecuteAsync(["SET", key, "value"], Stop);
            var target = masters[(masters.IndexOf(source) + 1) % masters.Count];

            Assert.Equal(1, await cluster.MoveSlotAsync(slot, target, cancellationToken: Stop));
            went[slot] = target;
            Assert.Equal("value", await target.ExecuteAsync(["GET", key], Stop));
        }

        foreach (var (slot, target) in went)
        {
            foreach (var node in cluster.Nodes)
                Assert.Equal(target, await cluster.MasterOfAsync(slot, node, Stop));
        }
    }
}
