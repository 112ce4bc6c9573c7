using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.Redis;

namespace Fat.Core.Tests.Registry;

/// <summary>What a group costs: counted by the server, as commands that clients sent.</summary>
public sealed class RedisCommandCountTests(PlainRedisFixture fixture) : IClassFixture<PlainRedisFixture>
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_group_whose_votes_go_through_the_registry_costs_at_most_3_and_4_a_branch()
    {
        var group = new GroupSample();
        var (stock, accounts) = (new ChildSample("1"), new ChildSample("2", "accounts"));
        var service = group.Root.Service;
        await using var root = Open();
        await using var one = Open();
        await using var two = Open();
        await WarmUpAsync(service, root, one, two);
        await using var counter = await CommandCounter.StartAsync(fixture, Cancellation);

        // The root has a branch too, which carries the decision row: three branches.
        await root.RegisterAsync(group.RootRegistration(), Cancellation);
        await one.RegisterAsync(group.Registration(stock.Scope, stock.Instance), Cancellation);
        await two.RegisterAsync(group.Registration(accounts.Scope, accounts.Instance), Cancellation);
        await one.VoteAsync(group.Closing(stock.Scope, stock.Instance, [], stock.Prepared), Cancellation);
        await root.SealAsync(group.Seal([stock.Branch, accounts.Branch]), Cancellation);
        await two.VoteAsync(group.Closing(accounts.Scope, accounts.Instance, [], accounts.Prepared), Cancellation);
        Assert.IsType<InboxMessage.Ready>(Assert.Single(await root.ReceiveAsync(group.Root, Long, Cancellation)));
        await root.PublishAsync(group.Gid, GroupSample.Commit(stock.Prepared, accounts.Prepared), Cancellation);
        Assert.IsType<InboxMessage.Decided>(Assert.Single(await one.ReceiveAsync(stock.Instance, Long, Cancellation)));
        Assert.IsType<InboxMessage.Decided>(Assert.Single(await two.ReceiveAsync(accounts.Instance, Long, Cancellation)));
        await one.DoneAsync(group.Gid, [stock.Branch], Cancellation);
        await two.DoneAsync(group.Gid, [accounts.Branch], Cancellation);

        // Each child registers, votes, is told and acknowledges; the root registers, seals, is told, publishes, and tells all at once.
        Assert.Equal(6 + (4 * 2), await counter.StopAsync(Cancellation));
    }

    [Fact]
    public async Task Every_operation_costs_one_command_and_one_more_for_all_inboxes()
    {
        var group = new GroupSample();
        var (stock, accounts) = (new ChildSample("1"), new ChildSample("2", "accounts"));
        var service = group.Root.Service;
        await using var registry = Open();
        await WarmUpAsync(service, registry);

        await CostsAsync(1, () => registry.RegisterAsync(group.RootRegistration(), Cancellation).AsTask());
        await CostsAsync(1, () => registry.SealAsync(group.Seal([stock.Branch]), Cancellation).AsTask());
        await CostsAsync(2, () => registry.VoteAsync(group.Votes(stock.Scope, stock.Instance, stock.Prepared), Cancellation).AsTask());
        await CostsAsync(2, () => registry.AskAbortAsync(group.Gid, group.Root, new AbortReason("a", "b", "c"), Cancellation).AsTask());
        await CostsAsync(1, () => registry.DecideAsync(group.Gid, GroupSample.Commit(stock.Prepared, accounts.Prepared), Cancellation).AsTask());
        await CostsAsync(2, () => registry.PublishAsync(group.Gid, DecisionRecord.RolledBack, Cancellation).AsTask());
        await CostsAsync(1, () => registry.DoneAsync(group.Gid, [stock.Branch, accounts.Branch], Cancellation).AsTask());
        await CostsAsync(1, () => registry.ReadAsync([group.Gid, new GroupSample().Gid], Cancellation).AsTask());
        await CostsAsync(1, () => registry.PushAsync(group.Root, [new InboxMessage.Ready(group.Gid, []), new InboxMessage.Ready(group.Gid, [])], Cancellation).AsTask());
        await CostsAsync(1, () => registry.ReceiveAsync(group.Root, Long, Cancellation).AsTask());
        await CostsAsync(1, () => registry.RequestResolveAsync(service, [Request(group)], Cancellation).AsTask());
        await CostsAsync(1, () => registry.TakeResolveRequestsAsync(service, 10, Cancellation).AsTask());
        await CostsAsync(1, () => registry.IndexOpenAsync(service, [new OpenGroup(group.Gid, GroupSample.Database, Long)], Cancellation).AsTask());
        await CostsAsync(1, () => registry.OverdueAsync(service, 10, Cancellation).AsTask());
        await CostsAsync(1, () => registry.UnindexAsync(service, [group.Gid], Cancellation).AsTask());
        await CostsAsync(1, () => registry.HeartbeatAsync(group.Root, Cancellation).AsTask());
        await CostsAsync(1, () => registry.SinceHeartbeatAsync([group.Root], Cancellation).AsTask());
        await CostsAsync(1, () => registry.LeaveAsync(group.Root, Cancellation).AsTask());
        await CostsAsync(0, () => registry.PushAsync(group.Root, [], Cancellation).AsTask());
    }

    private static ResolveRequest Request(GroupSample group) => new(group.Gid, GroupSample.Database, group.Root, Long);

    private RedisGroupRegistry Open() =>
        new(new FatRedisOptions { Host = fixture.Server.Host, Port = fixture.Server.Port }, TimeProvider.System);

    /// <summary>Connects both ways and makes the server know every script.</summary>
    private static async Task WarmUpAsync(FatName service, params RedisGroupRegistry[] registries)
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        foreach (var registry in registries)
        {
            await registry.RegisterAsync(group.RootRegistration(), Cancellation);
            await registry.VoteAsync(group.Votes(child.Scope, child.Instance), Cancellation);
            await registry.SealAsync(group.Seal([]), Cancellation);
            await registry.AskAbortAsync(group.Gid, group.Root, new AbortReason("a", "b", "c"), Cancellation);
            await registry.DecideAsync(group.Gid, DecisionRecord.RolledBack, Cancellation);
            await registry.PublishAsync(group.Gid, DecisionRecord.RolledBack, Cancellation);
            await registry.DoneAsync(group.Gid, [child.Branch], Cancellation);
            await registry.ReadAsync([group.Gid], Cancellation);
            await registry.ReceiveAsync(group.Root, Long, Cancellation);
            await registry.IndexOpenAsync(service, [new OpenGroup(group.Gid, GroupSample.Database, Long)], Cancellation);
            await registry.OverdueAsync(service, 1, Cancellation);
            await registry.UnindexAsync(service, [group.Gid], Cancellation);
            await registry.HeartbeatAsync(group.Root, Cancellation);
            await registry.SinceHeartbeatAsync([group.Root], Cancellation);
        }
    }

    private async Task CostsAsync(int expected, Func<Task> operation)
    {
        await using var counter = await CommandCounter.StartAsync(fixture, Cancellation);
        await operation();
        Assert.Equal(expected, await counter.StopAsync(Cancellation));
    }
}
