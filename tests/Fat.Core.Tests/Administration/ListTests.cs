using Fat.Core.Tests.World;
using static Fat.Core.Tests.Administration.AdminWorld;

namespace Fat.Core.Tests.Administration;

/// <summary>What operators see of groups that are open, in doubt, and over.</summary>
public sealed class ListTests(Servers servers) : IAsyncLifetime
{
    private readonly AdminWorld _world = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task An_open_group_is_listed_and_shown_until_it_ends()
    {
        var id = _world.NextId();
        var (called, goesOn) = (new TaskCompletionSource<string>(), new TaskCompletionSource());
        var root = _world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await _world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            called.SetResult(FatContext.Current!.Gid);
            await goesOn.Task;
        });
        var gid = await called.Task;
        await UntilAsync(async () => (await Admin(_world.Orders).ListOpenAsync(cancellationToken: Stop)).Items.Any(group => group.Gid == gid));

        var open = Assert.Single((await Admin(_world.Stock).ListOpenAsync("orders", cancellationToken: Stop)).Items);
        Assert.Equal((gid, "orders", "orders"), (open.Gid, open.RootService, open.DecisionDatabase));
        Assert.InRange(open.Remaining, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Assert.InRange(TimeProvider.System.GetUtcNow() - open.Began, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Empty((await Admin(_world.Stock).ListOpenAsync(cancellationToken: Stop)).Items);

        var shown = await Admin(_world.Stock).ShowAsync(gid, Stop);
        Assert.Equal(("orders", "orders", (FatDecision?)null), (shown.RootService, shown.DecisionDatabase, shown.Decision));
        Assert.Equal(["orders.Root", "stock.Child"], shown.Record!.Scopes.Select(scope => scope.Name));
        Assert.InRange(shown.Record.RootSilence!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        var branch = Assert.Single(shown.InDoubt);
        Assert.Equal((gid, "stock", "orders", "orders", true), (branch.Gid, branch.Database, branch.RootService, branch.DecisionDatabase, branch.IsWaitedFor));
        Assert.Equal($"fat:{gid}:{branch.Branch}:orders:orders", branch.PreparedName);
        Assert.Equal((branch.Branch, true), (Assert.Single(shown.Waiting).Branch, shown.Waiting[0].IsDurable));
        Assert.Equal(branch.Branch, Assert.Single((await Admin(_world.Stock).ListInDoubtAsync(cancellationToken: Stop)).Items).Branch);
        Assert.Empty((await Admin(_world.Accounts).ListInDoubtAsync(cancellationToken: Stop)).Items);

        goesOn.SetResult();
        Assert.Equal(FatOutcome.Committed, (await root).Outcome);
        await UntilAsync(async () => (await Admin(_world.Orders).ListOpenAsync(cancellationToken: Stop)).Items.IsEmpty);
        await UntilAsync(async () => (await Admin(_world.Stock).ListInDoubtAsync(cancellationToken: Stop)).Items.IsEmpty);
        Assert.Equal(FatDecision.Committed, (await Admin(_world.Orders).ShowAsync(gid, Stop)).Decision);
    }

    [Fact]
    public async Task Groups_that_ended_are_listed_newest_first_with_their_reasons()
    {
        var (kept, lost) = (_world.NextId(), _world.NextId());
        var committed = await _world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(kept, token);
            await _world.Stock.CallAsync((stock, stop) => stock.AddAsync(kept, stop));
        });
        var rolledBack = await _world.Orders.RootAsync((_, _) => _world.Stock.CallAsync((stock, _) => stock.AddThenFailAsync(lost)));
        await _world.Stock.SeesAsync(kept, Stop);

        var ended = (await Admin(_world.Orders).ListEndedAsync(cancellationToken: Stop)).Items;
        Assert.Equal([rolledBack.Gid, committed.Gid], ended.Select(group => group.Gid));
        Assert.Equal((FatDecision.RolledBack, "stock", "orders.Root"), (ended[0].Decision, ended[0].Abort!.Service, ended[0].Method));
        Assert.Contains("Out of stock.", ended[0].Abort!.Reason, StringComparison.Ordinal);
        Assert.Equal((FatDecision.Committed, null, "orders"), (ended[1].Decision, ended[1].Abort, ended[1].Database));
        Assert.Single(ended[1].CommitSet);

        var first = await Admin(_world.Orders).ListEndedAsync(limit: 1, cancellationToken: Stop);
        Assert.Equal((rolledBack.Gid, true), (Assert.Single(first.Items).Gid, first.HasMore));
        var second = await Admin(_world.Orders).ListEndedAsync(limit: 1, skip: 1, cancellationToken: Stop);
        Assert.Equal((committed.Gid, false), (Assert.Single(second.Items).Gid, second.HasMore));
    }

    [Fact]
    public async Task While_Redis_is_away_the_databases_are_still_shown()
    {
        var group = await _world.AbandonAsync();
        await group.CallAsync(_world.Stock, _world.NextId());
        await _world.Redis.KillAsync(Stop);

        var open = await Admin(_world.Orders).ListOpenAsync(cancellationToken: Stop);
        Assert.Equal((0, "registry"), (open.Items.Length, Assert.Single(open.Unreachable)));
        var shown = await Admin(_world.Stock).ShowAsync(group.Gid, Stop);
        Assert.Equal(("registry", null), (Assert.Single(shown.Unreachable), shown.Record));
        Assert.Equal(("orders", 1), (shown.RootService, shown.InDoubt.Length));

        await _world.Redis.RestartAsync(keepData: true, Stop);
        await UntilAsync(async () => (await Admin(_world.Orders).ListOpenAsync(cancellationToken: Stop)).Unreachable.IsEmpty);
        await Admin(_world.Orders).ForceAsync(group.Gid, FatDecision.RolledBack, "test", "clean up", new FatForceOptions { DecisionDatabase = "orders" }, Stop);
        await _world.NothingPreparedAsync(_world.Stock);
    }

    [Fact]
    public async Task A_group_that_nobody_knows_is_unknown()
    {
        var shown = await Admin(_world.Stock).ShowAsync("019a8f6e-0000-7000-8000-000000000001", Stop);

        Assert.Null(shown.Record);
        Assert.Null(shown.Decision);
        Assert.Null(shown.RootService);
        Assert.Equal(new DateTimeOffset(2025, 11, 16, 22, 36, 22, TimeSpan.Zero).Year, shown.Began.Year);
        Assert.True(shown.Rows.IsEmpty && shown.InDoubt.IsEmpty && shown.Forced.IsEmpty && shown.Unreachable.IsEmpty);
    }

    [Fact]
    public async Task Arguments_are_checked()
    {
        var admin = Admin(_world.Stock);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => admin.ListInDoubtAsync(limit: 0, cancellationToken: Stop));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => admin.ListEndedAsync(limit: 1001, cancellationToken: Stop));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => admin.ListForcedAsync(skip: -1, cancellationToken: Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => admin.ListOpenAsync("no name", cancellationToken: Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => admin.ShowAsync("019A8F6E-0000-7000-8000-000000000001", Stop));
    }
}
