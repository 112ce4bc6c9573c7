using Fat.Core.Tests.Incidents;
using Fat.Core.Tests.Messages;
using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Hosting;
using Fat.Protocol;
using Npgsql;

namespace Fat.Core.Tests.Recovery;

/// <summary>
/// The standby of a PostgreSQL server that waits for it is away. A COMMIT that stops waiting (the driver cancels it, or an administrator) is answered as done, and a failover would lose it: nothing is concluded from it
/// before the standby has it.
/// </summary>
public sealed class SynchronousStandbyTests(ReplicatedPostgres postgres, ReplicatedWorld world) : IClassFixture<ReplicatedPostgres>, IClassFixture<ReplicatedWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task A_decision_that_a_failover_would_lose_is_not_obeyed(bool ownBranch, bool impatient)
    {
        await postgres.WellAsync(Stop);
        var id = world.NextId();
        var root = await world.StartAsync(impatient ? world.Impatient($"root{id}") : $"root{id}", postgres: postgres.Primary);
        var child = await world.StartAsync($"child{id}");

        var result = await root.RootAsync(async (items, token) =>
        {
            if (ownBranch)
                await items.AddAsync(id, token);
            await child.CallAsync((others, stop) => others.AddAsync(id, stop));
            await postgres.Standby.StopImmediateAsync(token);
        });

        Assert.True(result.Outcome == FatOutcome.InDoubt, $"{result.Outcome}: {result.Error}");
        if (impatient)
            await postgres.GivesUpAsync(6, Stop);
        Assert.False(await child.HasAsync(id));
        await postgres.Standby.StartAgainAsync(Stop);
        await child.SeesAsync(id, Stop);
        Assert.Equal(ownBranch, await root.HasAsync(id));
        await world.NothingPreparedAsync(child);
        await world.StopAsync(child);
        await world.StopAsync(root);
    }

    [Fact]
    public async Task A_vote_that_a_failover_would_lose_does_not_count()
    {
        await postgres.WellAsync(Stop);
        var id = world.NextId();
        var root = await world.StartAsync($"root{id}");
        var child = await world.StartAsync(world.Impatient($"child{id}"), postgres: postgres.Primary);

        var result = await root.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await child.CallAsync((others, stop) => others.WorkAsync(async context =>
            {
                context.Items.Add(new Item { Id = id });
                await context.SaveChangesAsync(stop);
                await postgres.Standby.StopImmediateAsync(stop);
            }));
        });

        Assert.True(result.Outcome == FatOutcome.RolledBack, $"{result.Outcome}: {result.Error}");
        await postgres.GivesUpAsync(1, Stop);
        await postgres.Standby.StartAgainAsync(Stop);
        await world.NothingPreparedAsync(child);
        Assert.False(await root.HasAsync(id) || await child.HasAsync(id));
        await world.StopAsync(child);
        await world.StopAsync(root);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_decision_is_kept_until_no_failover_can_take_back_that_it_was_obeyed(bool held)
    {
        await postgres.WellAsync(Stop);
        var id = world.NextId();
        var away = new StandbyAway(postgres, held ? FaultPoint.CommitHeld : FaultPoint.CommitPrepared);
        var root = await world.StartAsync($"root{id}");
        var child = await world.StartAsync(
            world.Impatient($"child{id}"),
            configure: fat => fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = away,
            database: database => database.Held = held,
            postgres: postgres.Primary);

        var result = await root.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await child.CallAsync((others, stop) => others.AddAsync(id, stop));
        });

        Assert.True(result.Outcome == FatOutcome.Committed, $"{result.Error}");
        await postgres.GivesUpAsync(6, Stop);
        Assert.Equal("committed", await DecisionAsync(root, result));
        away.IsOver = true;
        await postgres.Standby.StartAgainAsync(Stop);
        await child.SeesAsync(id, Stop);
        await LostBranchWorld.UntilAsync(() => DecisionAsync(root, result), null);
        await world.StopAsync(child);
        await world.StopAsync(root);
    }

    [Fact]
    public async Task A_message_that_a_failover_would_lose_is_not_delivered()
    {
        await postgres.WellAsync(Stop);
        var order = MessageWorld.NextOrder();
        var shipping = await world.StartAsync($"shipping{order}", configure: fat => fat.AddSubscriber<Shipping>());
        var orders = await world.StartAsync(world.Impatient($"orders{order}"), settings => settings.Messages.TimeoutToFail = TimeSpan.FromSeconds(1), postgres: postgres.Primary);

        await Assert.ThrowsAsync<FatInDoubtException>(() => MessageWorld.OrderAsync(
            orders, order, message => message.Publish(Shipping.Topic, new Ordered(order, "text")), () => postgres.Standby.StopImmediateAsync(Stop)));

        await postgres.GivesUpAsync(8, Stop);
        Assert.False(Shipping.Handled.ContainsKey(order));
        await postgres.Standby.StartAgainAsync(Stop);
        await shipping.SeesAsync(order, Stop);
        await world.StopAsync(orders);
        await world.StopAsync(shipping);
    }

    [Fact]
    public async Task A_barrier_says_that_work_is_done_when_no_failover_can_take_it_back()
    {
        await postgres.WellAsync(Stop);
        var service = await world.StartAsync(world.Impatient($"service{world.NextId()}"), postgres: postgres.Primary);
        var worked = 0;

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => CallAsync(() => postgres.Standby.StopImmediateAsync(Stop)));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => CallAsync(() => Task.CompletedTask));
        await postgres.Standby.StartAgainAsync(Stop);
        await LostBranchWorld.UntilAsync(IsDoneAsync, true);

        Assert.Equal(1, worked);
        await world.StopAsync(service);

        async Task<bool> CallAsync(Func<Task> also)
        {
            await using var connection = new NpgsqlConnection(service.ConnectionString + ";Pooling=false");
            return await new FatBarrier("saga", "saga-1", "01", "action").CallAsync(connection, async _ =>
            {
                worked++;
                await also();
            }, Stop);
        }

        async Task<bool> IsDoneAsync()
        {
            try
            {
                return !await CallAsync(() => Task.CompletedTask);
            }
            catch (System.Data.Common.DbException)
            {
                // The standby is not there yet.
                return false;
            }
        }
    }

    private static Task<string?> DecisionAsync(Service root, FatScopeResult result) =>
        root.QueryAsync<string>($"SELECT reason FROM fat_barrier WHERE gid = '{result.Gid}' AND op = 'decision'");

    /// <summary>The standby goes before the branch commits.</summary>
    private sealed class StandbyAway(ReplicatedPostgres postgres, FaultPoint point) : FaultPoints
    {
        public volatile bool IsOver;

        public override ValueTask BeforeAsync(FaultPoint reached, params ReadOnlySpan<GroupId> groups) =>
            reached == point && !IsOver ? new ValueTask(postgres.Standby.StopImmediateAsync(Stop)) : ValueTask.CompletedTask;
    }
}
