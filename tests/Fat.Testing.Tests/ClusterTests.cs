using Fat.Faults;
using Fat.Testing.Tests.Shop;

namespace Fat.Testing.Tests;

/// <summary>What a test is told, and that clusters keep to themselves.</summary>
public sealed class ClusterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_expectation_tells_the_whole_story()
    {
        await using var shop = await ShopCluster.StartAsync();
        using var answer = await shop.OrderAsync("1", count: 11);
        var thrown = await Assert.ThrowsAsync<FatTestException>(() => shop.Fat.Groups.CommittedAsync(Stop));

        Assert.StartsWith("The group was expected to have committed, and it has rolled back.", thrown.Message, StringComparison.Ordinal);
        foreach (var part in new[]
        {
            "begun by orders in POST /orders/{id}/{item}/{count}, has rolled back: InvalidOperationException: There are fewer than 11 pieces of tea. (stock, Stock.ReserveAsync)",
            "Its caller was told: rolled back.",
            "stock: Stock.ReserveAsync on 'stock' is rolled back",
            "calls POST http://stock/reservations/tea/11",
            "asks for a roll back",
        })
        {
            Assert.Contains(part, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wait_in_vain_tells_what_there_is_and_which_faults_were_asked_for()
    {
        await using var shop = await ShopCluster.StartAsync(new FatTestClusterOptions { Patience = TimeSpan.FromMilliseconds(100) });
        shop.Fat.Faults.KillAfterVote("stock");
        var never = shop.Fat.Faults.KillBeforeCommit("nobody");
        using var answer = await shop.OrderAsync("1");
        var thrown = await Assert.ThrowsAsync<FatTestException>(() => shop.Fat.Groups.CommittedAsync(Stop));

        foreach (var part in new[]
        {
            "One group was expected to come to its end, and it is not so after 0.1 s.",
            "is decided to commit, and not over",
            "stock: Stock.ReserveAsync on 'stock' is prepared, and waits for the decision",
            "KillAfterVote(\"stock\") has struck; KillBeforeCommit(\"nobody\") has not struck",
            "stock is killed",
        })
        {
            Assert.Contains(part, thrown.Message, StringComparison.Ordinal);
        }

        Assert.Contains("KillBeforeCommit(\"nobody\") was expected to strike", (await Assert.ThrowsAsync<FatTestException>(() => never.StruckAsync(Stop))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_that_ran_no_group_is_told_so()
    {
        await using var fat = new FatTestCluster(new FatTestClusterOptions { Patience = TimeSpan.FromMilliseconds(50) });
        var thrown = await Assert.ThrowsAsync<FatTestException>(() => fat.Groups.SingleAsync(Stop));

        Assert.Contains("No group has begun.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clusters_at_the_same_time_do_not_see_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async number =>
        {
            await using var shop = await ShopCluster.StartAsync();
            var fault = number % 2 == 0 ? shop.Fat.Faults.LoseReply("stock") : null;
            using var answer = await shop.OrderAsync("1");
            var group = await shop.Fat.Groups.SingleAsync(Stop);

            Assert.Equal(number % 2 == 0 ? FatDecision.RolledBack : FatDecision.Committed, group.Decision);
            Assert.Equal(number % 2 == 0 ? 10 : 7, shop.Tea);
            Assert.Equal(number % 2 == 0 ? 1 : 0, shop.Fat.Faults.Plan.All.Sum(one => one.Strikes));
            Assert.Equal(fault is not null, fault?.HasStruck ?? false);
        }));
    }

    [Fact]
    public async Task Several_groups_are_told_apart()
    {
        await using var shop = await ShopCluster.StartAsync();
        using var first = await shop.OrderAsync("1");
        using var second = await shop.OrderAsync("2", count: 20);

        await Assert.ThrowsAsync<FatTestException>(() => shop.Fat.Groups.SingleAsync(Stop));
        var groups = await shop.Fat.Groups.AllOverAsync(Stop);
        Assert.Equal([FatDecision.Committed, FatDecision.RolledBack], groups.Select(group => group.Decision!.Value));
        (await shop.Fat.Groups.OverAsync(groups[0].Gid, Stop)).ShouldHaveCommitted();

        shop.Fat.Groups.Forget();
        using var third = await shop.OrderAsync("3");
        await shop.Fat.Groups.CommittedAsync(Stop);
        Assert.Equal(4, shop.Tea);
    }

    [Fact]
    public async Task A_fault_strikes_as_often_as_it_is_told()
    {
        await using var shop = await ShopCluster.StartAsync();
        var fault = shop.Fat.Faults.LoseRequest("stock").Times(2);
        for (var number = 1; number <= 3; number++)
            (await shop.OrderAsync($"{number}")).Dispose();

        Assert.Equal(2, fault.Strikes);
        Assert.Equal(["3"], shop.Placed.Keys);
    }

    [Fact]
    public void Every_fault_point_of_the_product_has_its_name() =>
        Assert.Equal(Enum.GetNames<FaultPoint>().Prepend(nameof(FatTestPoint.Begin)), Enum.GetNames<FatTestPoint>());
}
