using System.Diagnostics;
using Fat.Core.Tests.Trouble;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Monitor;

/// <summary>What is remembered when servers fail: a doubt and its end, and nothing that a group would have to wait for.</summary>
public sealed class HistoryTroubleTests(TroubleWorld world) : IAsyncLifetime, IClassFixture<TroubleWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IFatMonitor Monitor => world.Child.Services.GetRequiredService<IFatMonitor>();

    public async ValueTask InitializeAsync() => await world.ReadyAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_group_in_doubt_is_remembered_so_until_it_is_settled()
    {
        await world.NextGroupWorksAsync();
        var id = world.NextId();
        var result = await world.GroupAsync(id, () =>
        {
            world.RootRoute.DropReplies();
            return Task.CompletedTask;
        });
        Assert.Equal(FatOutcome.InDoubt, result.Outcome);

        var doubt = await MonitorWaits.ToldAsync(Monitor, result.Gid, branches: 1, FatOutcome.InDoubt);
        Assert.Equal("root", doubt.Group.Service);
        await InDoubtAsync(result.Gid, expected: true);
        await world.RootRoute.HealAsync(Stop);

        // Whether the COMMIT has reached the server is what nobody could know: the books say.
        var settled = await MonitorWaits.SettledAsync(Monitor, result.Gid, branches: 2);
        var committed = await world.Root.HasAsync(id);
        Assert.Equal((committed, committed ? FatOutcome.Committed : FatOutcome.RolledBack), (await world.Child.HasAsync(id), settled.Group.Outcome));
        Assert.Equal((doubt.Group.Method, doubt.Group.Ended), (settled.Group.Method, settled.Group.Ended));
        Assert.Equal([("root", null), ("child", committed ? FatDecision.Committed : FatDecision.RolledBack)], settled.Branches.Select(branch => (branch.Service, branch.Decision)));
        await InDoubtAsync(result.Gid, expected: false);
        await world.NextGroupWorksAsync();
    }

    [Theory]
    [InlineData(RedisTrouble.Down)]
    [InlineData(RedisTrouble.Unreachable)]
    public async Task Groups_end_as_quickly_without_Redis_and_are_told_of_when_it_is_back(RedisTrouble trouble)
    {
        await world.NextGroupWorksAsync();
        await world.Redis.StrikeAsync(trouble);
        var gids = new List<string>();
        var began = Stopwatch.GetTimestamp();
        for (var number = 0; number < 50; number++)
        {
            var result = await world.Root.RootAsync((items, token) => items.AddAsync(world.NextId(), token));
            Assert.Equal(FatOutcome.Committed, result.Outcome);
            gids.Add(result.Gid);
        }

        // One command's time-out would show.
        var each = Stopwatch.GetElapsedTime(began) / gids.Count;
        Assert.InRange(each, TimeSpan.Zero, BreakableRedis.CommandTimeout / 2);
        await Assert.ThrowsAsync<FatMonitorUnavailableException>(() => Monitor.ListGroupsAsync(new FatGroupQuery(), Stop));
        await Assert.ThrowsAsync<FatMonitorUnavailableException>(() => Monitor.FindGroupAsync(gids[0], Stop));
        await Assert.ThrowsAsync<FatMonitorUnavailableException>(() => Monitor.CountAsync(null, FatCountStep.Hour, 1, Stop));
        await Assert.ThrowsAsync<FatMonitorUnavailableException>(() => Monitor.ListInstancesAsync(Stop));
        await Assert.ThrowsAsync<FatMonitorUnavailableException>(() => Monitor.ListServicesAsync(Stop));
        await world.Redis.HealAsync();

        foreach (var gid in gids)
            Assert.Equal(FatOutcome.Committed, (await MonitorWaits.ToldAsync(Monitor, gid, branches: 1)).Group.Outcome);
        await world.NextGroupWorksAsync();
    }

    /// <summary>Whether a group is among those in doubt.</summary>
    private Task InDoubtAsync(string gid, bool expected) => MonitorWaits.UntilAsync(async () =>
        (await Monitor.ListGroupsAsync(new FatGroupQuery { Outcome = FatOutcome.InDoubt, Limit = 1000 }, Stop)).Items.Any(group => group.Gid == gid) == expected);
}
