using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Monitor;

/// <summary>What is remembered of groups that real services have run.</summary>
public sealed class HistoryTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IFatMonitor Monitor => MonitorOf(world.Accounts);

    [Fact]
    public async Task A_committed_group_is_remembered_with_what_each_branch_did_when()
    {
        var id = world.NextId();
        var before = TimeProvider.System.GetUtcNow();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync(async (stock, stop) =>
            {
                await stock.AddAsync(id, stop);
                await world.Accounts.CallAsync((accounts, last) => accounts.AddAsync(id, last));
            });
            await items.CountAsync();
        });
        Assert.Equal(FatOutcome.Committed, result.Outcome);

        var history = await ToldAsync(result.Gid, branches: 4);

        var group = history.Group;
        Assert.Equal((result.Gid, "orders", "orders.Root", FatOutcome.Committed, 4), (group.Gid, group.Service, group.Method, group.Outcome, group.Branches));
        Assert.Null(group.Abort);
        Assert.InRange(group.Began, before.AddMilliseconds(-1), group.Ended);
        Assert.StartsWith("orders~", group.Instance, StringComparison.Ordinal);
        Assert.Equal(["orders", "orders", "stock", "accounts"], history.Branches.Select(branch => branch.Service));
        Assert.Equal(
            [FatVote.Pending, FatVote.ReadOnly, FatVote.Prepared, FatVote.Prepared], history.Branches.Select(branch => branch.Vote));
        Assert.Equal(
            [FatDecision.Committed, null, FatDecision.Committed, FatDecision.Committed], history.Branches.Select(branch => branch.Decision));
        Assert.Equal(
            ["ItemsService.AddAsync", "ItemsService.CountAsync", "ItemsService.AddAsync", "ItemsService.AddAsync"], history.Branches.Select(branch => branch.Method));
        Assert.All(history.Branches, branch =>
        {
            Assert.Null(branch.Failure);
            Assert.Equal(branch.Service, branch.Database);
            Assert.StartsWith($"{branch.Service}~", branch.Instance, StringComparison.Ordinal);
            DateTimeOffset?[] times = [group.Began, branch.Enlisted, branch.Voted, branch.Decided, branch.Finished];
            var happened = times.OfType<DateTimeOffset>().ToList();
            Assert.Equal(happened.Order(), happened);
            Assert.NotNull(branch.Finished);
            Assert.Equal(branch.Decision is not null, branch.Decided is not null);
            Assert.Equal(branch.Vote != FatVote.Pending, branch.Voted is not null);
        });
    }

    [Fact]
    public async Task A_rolled_back_group_is_remembered_with_its_reason_and_where_it_failed()
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await world.Accounts.CallAsync((accounts, _) => accounts.AddThenFailAsync(id));
        });
        Assert.Equal(FatOutcome.RolledBack, result.Outcome);

        var history = await ToldAsync(result.Gid, branches: 3);

        Assert.Equal(FatOutcome.RolledBack, history.Group.Outcome);
        var abort = history.Group.Abort!;
        Assert.Equal(("accounts", "ItemsService.AddThenFailAsync"), (abort.Service, abort.Method));
        Assert.Contains("Out of stock.", abort.Reason, StringComparison.Ordinal);
        Assert.Equal(["orders", "stock", "accounts"], history.Branches.Select(branch => branch.Service));
        Assert.Equal([FatDecision.RolledBack, FatDecision.RolledBack, null], history.Branches.Select(branch => branch.Decision));
        Assert.Equal([null, null, abort.Reason], history.Branches.Select(branch => branch.Failure));
        Assert.All(history.Branches, branch => Assert.NotNull(branch.Finished));
        Assert.Equal(FatVote.Prepared, history.Branches[1].Vote);
    }

    [Fact]
    public async Task A_group_without_calls_is_remembered()
    {
        var result = await world.Orders.RootAsync((items, token) => items.AddAsync(world.NextId(), token));

        var history = await ToldAsync(result.Gid, branches: 1);

        Assert.Equal((FatOutcome.Committed, 1), (history.Group.Outcome, history.Group.Branches));
        Assert.Equal(FatDecision.Committed, history.Branches[0].Decision);
    }

    [Fact]
    public async Task Early_branches_are_remembered()
    {
        var id = world.NextId();
        var early = new FatServiceRegisterAttribute { Answer = FatAnswer.Early };
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop), early);
            await items.AddAsync(id, token);
        });

        var history = await ToldAsync(result.Gid, branches: 2);

        Assert.Equal([FatDecision.Committed, FatDecision.Committed], history.Branches.Select(branch => branch.Decision));
        Assert.Equal(FatVote.Prepared, history.Branches[1].Vote);
    }

    [Fact]
    public async Task Lists_and_counts_have_what_ended()
    {
        var committed = await world.Orders.RootAsync((items, token) => items.AddAsync(world.NextId(), token));
        var rolledBack = await world.Stock.RootAsync((items, _) => items.AddThenFailAsync(world.NextId()));
        await ToldAsync(committed.Gid, branches: 1);
        await ToldAsync(rolledBack.Gid, branches: 1);

        Assert.Contains(committed.Gid, await GidsAsync(new FatGroupQuery { Limit = 1000 }));
        Assert.Contains(committed.Gid, await GidsAsync(new FatGroupQuery { Limit = 1000, Service = "orders", Outcome = FatOutcome.Committed }));
        Assert.DoesNotContain(committed.Gid, await GidsAsync(new FatGroupQuery { Limit = 1000, Service = "stock" }));
        Assert.DoesNotContain(committed.Gid, await GidsAsync(new FatGroupQuery { Limit = 1000, Outcome = FatOutcome.RolledBack }));
        Assert.Contains(rolledBack.Gid, await GidsAsync(new FatGroupQuery { Limit = 1000, Outcome = FatOutcome.RolledBack }));
        var orders = await Monitor.CountAsync("orders", FatCountStep.Minute, 60, Stop);
        var all = await Monitor.CountAsync(null, FatCountStep.Hour, 168, Stop);
        Assert.True(orders.Sum(count => count.Committed) >= 1);
        Assert.True(all.Sum(count => count.Committed) >= orders.Sum(count => count.Committed));
        Assert.Contains(orders, count => count is { Median: not null, P99: not null });
        Assert.Contains(all.SelectMany(count => count.Aborts), abort => abort is { Abort: { Service: "stock", Method: "ItemsService.AddThenFailAsync" } });
        Assert.Equal((60, 168), (orders.Count, all.Count));
    }

    [Fact]
    public async Task A_page_leads_to_the_next_over_all_services()
    {
        var gids = new List<string>();
        for (var number = 0; number < 9; number++)
        {
            var service = number % 2 == 0 ? world.Orders : world.Stock;
            gids.Add((await service.RootAsync((items, token) => items.AddAsync(world.NextId(), token))).Gid);
        }

        foreach (var gid in gids)
            await ToldAsync(gid, branches: 1);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Monitor.ListGroupsAsync(new FatGroupQuery { Limit = 4, Cursor = cursor }, Stop);
            seen.AddRange(page.Items.Select(group => group.Gid));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(seen.Distinct(StringComparer.Ordinal), seen);
        Assert.Equal(gids.AsEnumerable().Reverse(), seen.Where(gids.Contains));
    }

    [Fact]
    public async Task Every_process_says_how_it_is()
    {
        await MonitorWaits.UntilAsync(async () => (await Monitor.ListInstancesAsync(Stop)).Count(instance => instance.Status is { Databases.IsEmpty: false, RegistryLatency: not null }) >= 3);

        var instances = await Monitor.ListInstancesAsync(Stop);
        Assert.Equal(["accounts", "orders", "stock"], instances.Select(instance => instance.Service).Distinct(StringComparer.Ordinal));
        var orders = instances.First(instance => instance.Service == "orders");
        var status = orders.Status!;
        Assert.Equal((Environment.ProcessId, Environment.MachineName, 256, 0), (status.ProcessId, status.Machine, status.Workers, status.HistoryDropped));
        Assert.NotEmpty(status.FatVersion);
        Assert.InRange(status.RegistryLatency!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Contains(new FatInstanceDatabase("orders", "PostgreSQL", IsDurable: true, HoldsDecisions: true), status.Databases);
        Assert.Contains(status.Databases, database => database is { Name: "archive", HoldsDecisions: false });
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "accounts", "orders", "stock" }, (await Monitor.ListServicesAsync(Stop)).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_asked_for_is_checked()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Monitor.ListGroupsAsync(new FatGroupQuery { Service = "no name!" }, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Monitor.ListGroupsAsync(new FatGroupQuery { Limit = 0 }, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Monitor.ListGroupsAsync(new FatGroupQuery { Limit = 1001 }, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Monitor.ListGroupsAsync(new FatGroupQuery { Cursor = "1" }, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Monitor.ListGroupsAsync(new FatGroupQuery { Outcome = (FatOutcome)9 }, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Monitor.FindGroupAsync("1", Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Monitor.CountAsync("{", FatCountStep.Hour, 1, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Monitor.CountAsync(null, FatCountStep.Hour, 169, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Monitor.CountAsync(null, FatCountStep.Minute, 121, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Monitor.CountAsync(null, FatCountStep.Minute, 0, Stop));
        Assert.Null(await Monitor.FindGroupAsync(Guid.CreateVersion7().ToString(), Stop));
        Assert.Empty((await Monitor.ListGroupsAsync(new FatGroupQuery { Service = "nobody" }, Stop)).Items);
        Assert.Equal(3, (await Monitor.CountAsync("nobody", FatCountStep.Hour, 3, Stop)).Count);
    }

    private static IFatMonitor MonitorOf(Service service) => service.Services.GetRequiredService<IFatMonitor>();

    private Task<FatGroupHistory> ToldAsync(string gid, int branches) => MonitorWaits.ToldAsync(Monitor, gid, branches);

    private async Task<IEnumerable<string>> GidsAsync(FatGroupQuery query) => (await Monitor.ListGroupsAsync(query, Stop)).Items.Select(group => group.Gid);
}
