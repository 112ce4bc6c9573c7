using Fat.Core.Tests.World;
using Fat.Decisions;
using Fat.Protocol;
using static Fat.Core.Tests.Administration.AdminWorld;

namespace Fat.Core.Tests.Administration;

/// <summary>A root that was only slow and finds that an operator has forced a commit in its place.</summary>
public sealed class OverruledRootTests(Servers servers) : IAsyncLifetime
{
    private readonly AdminWorld _world = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Service Orders => _world.Orders;

    private Service Stock => _world.Stock;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task It_says_committed_when_it_wrote_nothing_itself()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync(async (_, _) =>
        {
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await ForceCommitAsync();
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await Stock.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task It_never_says_rolled_back_when_only_its_own_work_is()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await ForceCommitAsync();
        });

        Assert.Equal(FatOutcome.InDoubt, result.Outcome);
        Assert.IsType<FatInDoubtException>(result.Error);
        Assert.False(await Orders.HasAsync(id));
        await Admin(Orders).ForceAsync(result.Gid, FatDecision.RolledBack, "ann", "Which is it?", cancellationToken: Stop);
        await Stock.SeesAsync(id, Stop);
    }

    /// <summary>As an operator does, who takes the root for dead.</summary>
    private async Task ForceCommitAsync()
    {
        var branch = Assert.Single((await Admin(Stock).ListInDoubtAsync(cancellationToken: Stop)).Items);
        Assert.True(GroupId.TryParse(branch.Gid, out var gid) & BranchId.TryParse(branch.Branch, out var id));
        var set = new DecisionRecord(Decision.Committed, [new BranchVote(id, Instance(Stock), Vote.Prepared)]);
        var write = await Databases(Orders).DecisionLog!.Forced.DecideAsync(new ForcedDecision(gid, set, "ann", "It is gone.", Instance(Orders)), Stop);
        Assert.True(write!.Decided);
    }
}
