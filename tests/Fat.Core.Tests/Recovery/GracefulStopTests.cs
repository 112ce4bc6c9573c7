using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Recovery;

/// <summary>A deployment that restarts processes loses nothing.</summary>
public sealed class GracefulStopTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    [Fact]
    public async Task Running_groups_end_and_new_ones_are_refused()
    {
        var service = await world.StartAsync("shop");
        var (running, refused, release) = (world.NextId(), world.NextId(), new TaskCompletionSource());
        var entered = new TaskCompletionSource();
        var group = service.RootAsync(async (items, token) =>
        {
            await items.AddAsync(running, token);
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(running, stop));
            entered.SetResult();
            await release.Task;
        });
        await entered.Task;

        var stopping = service.StopAsync();
        FatScopeResult late;
        do
        {
            late = await service.RootAsync((items, token) => items.AddAsync(refused, token));
            refused = late.Outcome == FatOutcome.Committed ? world.NextId() : refused;
        }
        while (late.Outcome == FatOutcome.Committed);
        Assert.False(stopping.IsCompleted, "it did not wait for the running group");
        release.SetResult();
        var result = await group;
        await stopping;

        Assert.Null(result.Error);
        Assert.Contains("is stopping", Assert.IsType<FatAbortedException>(late.Error).Reason, StringComparison.Ordinal);
        Assert.True(await service.HasAsync(running));
        Assert.False(await service.HasAsync(refused));
        await world.Stock.SeesAsync(running, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_held_branch_hears_its_decision_before_the_process_ends()
    {
        var held = await world.StartAsync("heldshop", database: database => database.Held = true);
        var id = world.NextId();
        Task? stopping = null;
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await held.CallAsync((shop, stop) => shop.AddAsync(id, stop));
            stopping = held.StopAsync();
        });
        await stopping!;

        Assert.Null(result.Error);
        Assert.True(await held.HasAsync(id), "the held branch was lost in a stop in good order");
    }

    /// <summary>A host that has lost its patience hears of no failure; the group that it did not wait for rolls back or ends by itself.</summary>
    [Fact]
    public async Task A_host_without_patience_stops_without_an_error()
    {
        var service = await world.StartAsync("hastyshop");
        var (id, entered, release) = (world.NextId(), new TaskCompletionSource(), new TaskCompletionSource());
        var group = service.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            entered.SetResult();
            await release.Task;
        });
        await entered.Task;
        using var patience = new CancellationTokenSource();

        try
        {
            var stopping = service.StopAsync(patience.Token);
            Assert.False(stopping.IsCompleted, "it did not wait for the running group");
            await patience.CancelAsync();
            await stopping;
        }
        finally
        {
            release.SetResult();
        }

        var result = await group;
        Assert.Equal(result.Outcome == FatOutcome.Committed, await service.HasAsync(id));
    }
}
