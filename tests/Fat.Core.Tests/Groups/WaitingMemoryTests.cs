using Fat.Core.Tests.Dialects;
using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Groups;

/// <summary>Branches can wait for long, and many do: of the call nothing is left but what the decision needs.</summary>
public sealed class WaitingMemoryTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    [Theory]
    [InlineData(FatAnswer.Prepared)]
    [InlineData(FatAnswer.Early)]
    public async Task A_branch_that_waits_keeps_nothing_of_its_call_alive(FatAnswer answer)
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (_, _) =>
        {
            var called = await CallAsync(id, answer);
            await TillWorld.UntilAsync(async () => await PreparedAsync() == 1);

            await TillWorld.UntilAsync(() =>
            {
                GC.Collect();
                return Task.FromResult(!called.TryGetTarget(out _));
            });
            Assert.Equal(1, await PreparedAsync());
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await world.Stock.SeesAsync(id, TestContext.Current.CancellationToken);
    }

    /// <summary>The proxy whose method was called, which leads to its DI scope.</summary>
    private async Task<WeakReference<IItems>> CallAsync(int id, FatAnswer answer)
    {
        WeakReference<IItems>? called = null;
        await world.Stock.CallAsync(
            (items, token) =>
            {
                called = new WeakReference<IItems>(items);
                return items.AddAsync(id, token);
            },
            new FatServiceRegisterAttribute { Answer = answer });
        return called!;
    }

    private Task<long> PreparedAsync() => world.Stock.QueryAsync<long>("SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()");
}
