using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Protocol;
using Fat.Registry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Messages;

/// <summary>What becomes of a message when something is lost on its way: exactly one effect, or none at all.</summary>
public sealed class MessageFaultTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Where a message can be lost between processes, and on whose side: docs/messages.md has the same as a table.</summary>
    public static TheoryData<string, string, bool> Places
    {
        get
        {
            var places = new TheoryData<string, string, bool>();
            foreach (var after in new[] { false, true })
            {
                foreach (var point in new[] { FaultPoint.PrepareMessage, FaultPoint.SubmitMessage, FaultPoint.PutWork, FaultPoint.EndWork, FaultPoint.TellBranch })
                    places.Add("producer", $"{point}", after);
                foreach (var point in new[] { FaultPoint.EndWork, FaultPoint.TellBranch, FaultPoint.RenewWork })
                    places.Add("subscriber", $"{point}", after);
            }

            places.Add("producer", $"{FaultPoint.TakeWork}", true);
            places.Add("subscriber", $"{FaultPoint.TakeWork}", true);
            return places;
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_committed_message_takes_effect_once_wherever_Redis_fails_it(string side, string point, bool after)
    {
        var id = MessageWorld.NextOrder();
        (side == "producer" ? world.Strikes : world.ShippingStrikes).RegistryAt(Enum.Parse<FaultPoint>(point), after);

        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")).Call("called", $"/do/{id}", id), LongEnoughToBeToldOfAsync);

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(("ordered", "ordered tea", "billed"), (await world.Orders.TextAsync(id), await world.Shipping.TextAsync(id), await world.Billing.TextAsync(id)));
        Assert.NotEmpty(world.Called.To($"/do/{id}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("found-out")]
    public async Task A_commit_whose_answer_is_lost_is_found_out(string? own)
    {
        var id = MessageWorld.NextOrder();
        world.Strikes.DatabaseAt(FaultPoint.StoreMessage, after: true);

        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")), gid: own);

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(("ordered", "ordered tea"), (await world.Orders.TextAsync(id), await world.Shipping.TextAsync(id)));
    }

    [Fact]
    public async Task A_connection_that_is_lost_before_the_commit_cancels()
    {
        var (id, gid) = (MessageWorld.NextOrder(), string.Empty);
        world.Strikes.DatabaseAt(FaultPoint.StoreMessage, after: false);

        await Assert.ThrowsAsync<Npgsql.NpgsqlException>(() => MessageWorld.OrderAsync(world.Orders, id, message =>
        {
            gid = message.Gid;
            message.Publish(Shipping.Topic, new Ordered(id, "tea"));
        }));

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Cancelled);
        Assert.False(await world.Orders.HasAsync(id) || await world.Shipping.HasAsync(id));
    }

    [Fact]
    public async Task A_producer_that_dies_before_its_commit_leaves_a_message_that_is_cancelled_and_an_id_that_can_be_repeated()
    {
        var id = MessageWorld.NextOrder();
        var gid = $"dead-{id}";
        Assert.True(MessageId.TryParse(gid, out var message) & FatName.TryParse("orders", out var service));
        var records = world.Orders.Services.GetRequiredService<IMessageRecords>();
        await records.PrepareAsync(service, message, new MessageOrigin(service, """{"service":"orders","branches":[]}"""), MessageWorld.TimeoutToFail, Stop);
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Cancelled);
        Assert.Equal(FatMessageSql.RolledBack, await ReasonAsync(gid));

        await AgainAsync("tea");

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(("ordered", "ordered tea"), (await world.Orders.TextAsync(id), await world.Shipping.TextAsync(id)));
        Assert.Equal(FatMessageRefusal.Duplicate, (await Assert.ThrowsAsync<FatMessageRefusedException>(() => AgainAsync("coffee"))).Refusal);

        Task AgainAsync(string item) => MessageWorld.OrderAsync(world.Orders, id, again => again.Publish(Shipping.Topic, new Ordered(id, item)), gid: gid);
    }

    [Fact]
    public async Task A_message_whose_id_Fat_has_made_and_that_is_stored_too_late_is_refused()
    {
        var id = MessageWorld.NextOrder();

        var refused = await Assert.ThrowsAsync<FatMessageRefusedException>(() => MessageWorld.InScopeAsync(world.Orders, async services =>
        {
            var message = services.GetRequiredService<IFatMessages>().New().Publish(Shipping.Topic, new Ordered(id, "tea"));
            await world.Orders.QueryAsync<long>(
                $"INSERT INTO fat_barrier (trans_type, gid, branch_id, op, barrier_id, reason) VALUES ('msg', '{message.Gid}', '00', 'msg', '01', '{FatMessageSql.RolledBack}'); SELECT 1::bigint");
            await message.DoAndSubmitAsync(services.GetRequiredService<ItemsContext>(), _ => throw new InvalidOperationException("The work runs."), Stop);
            return true;
        }));

        Assert.Equal(FatMessageRefusal.Cancelled, refused.Refusal);
        Assert.Equal(FatMessageSql.RolledBack, await ReasonAsync(refused.Gid));
    }

    [Fact]
    public async Task A_request_whose_commit_failed_with_its_connection_can_be_repeated_under_the_same_id()
    {
        var id = MessageWorld.NextOrder();
        var gid = $"again-{id}";

        await Assert.ThrowsAsync<InvalidOperationException>(() => OrderOverALostConnectionAsync(id, gid, message => message.Publish(Shipping.Topic, new Ordered(id, "tea"))));
        Assert.Equal(FatMessageSql.RolledBack, await ReasonAsync(gid));
        await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "coffee")), gid: gid);

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(("ordered", "ordered coffee"), (await world.Orders.TextAsync(id), await world.Shipping.TextAsync(id)));
    }

    [Fact]
    public async Task An_attempt_that_is_in_doubt_does_not_take_the_row_of_another_one_for_its_own()
    {
        var id = MessageWorld.NextOrder();
        var gid = $"other-{id}";

        var refused = await Assert.ThrowsAsync<FatMessageRefusedException>(() => OrderOverALostConnectionAsync(
            id, gid, message => message.Call("called", $"/mine/{id}", id),
            () => MessageWorld.OrderAsync(world.Orders, id, message => message.Call("called", $"/other/{id}", id), gid: gid)));

        Assert.Equal(FatMessageRefusal.Duplicate, refused.Refusal);
        var message = await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal($"called: /other/{id}", Assert.Single(message.Branches).Target);
        Assert.Equal((0, 1), (world.Called.To($"/mine/{id}").Count, world.Called.To($"/other/{id}").Count));
    }

    [Fact]
    public async Task A_call_of_a_peer_that_dies_under_it_is_made_again()
    {
        var id = MessageWorld.NextOrder();
        var dying = new DyingPeer();
        var producer = await world.StartAsync("callers", configure: fat =>
            fat.Services.AddHttpClient("peer", client => client.BaseAddress = new Uri(world.Called.Address)).ConfigurePrimaryHttpMessageHandler(() => dying));

        var gid = await MessageWorld.OrderAsync(producer, id, message => message.Call("peer", $"/do/{id}", id));

        await MessageWorld.UntilAsync(producer, gid, FatMessageState.Consumed);
        Assert.Equal((1, 1), (dying.Died, world.Called.To($"/do/{id}").Count));
    }

    [Fact]
    public async Task A_producer_that_is_slow_is_waited_for()
    {
        var id = MessageWorld.NextOrder();

        var gid = await MessageWorld.OrderAsync(
            world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")), () => Task.Delay(MessageWorld.TimeoutToFail * 3, TimeProvider.System, Stop));

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(("ordered", "ordered tea"), (await world.Orders.TextAsync(id), await world.Shipping.TextAsync(id)));
    }

    [Fact]
    public async Task An_error_that_the_work_swallows_rolls_back_and_publishes_nothing()
    {
        var (id, gid) = (MessageWorld.NextOrder(), string.Empty);

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => MessageWorld.InScopeAsync(world.Orders, async services =>
        {
            var items = services.GetRequiredService<ItemsContext>();
            var message = services.GetRequiredService<IFatMessages>().New().Publish(Shipping.Topic, new Ordered(id, "tea"));
            gid = message.Gid;
            await message.DoAndSubmitAsync(items, async _ =>
            {
                await items.Database.ExecuteSqlAsync($"INSERT INTO items (id) VALUES ({id})", Stop);
                await Assert.ThrowsAsync<Npgsql.PostgresException>(() => items.Database.ExecuteSqlRawAsync("SELECT no_such_function()", Stop));
            }, Stop);
            return true;
        }));

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Cancelled);
        Assert.False(await world.Orders.HasAsync(id) || await world.Shipping.HasAsync(id));
    }

    [Fact]
    public async Task A_repeated_id_does_nothing_again()
    {
        var id = MessageWorld.NextOrder();
        var gid = $"order-{id}";
        await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")), gid: gid);
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);

        var refused = await Assert.ThrowsAsync<FatMessageRefusedException>(
            () => MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "again")), gid: gid));

        Assert.Equal((FatMessageRefusal.Duplicate, gid), (refused.Refusal, refused.Gid));
        Assert.Equal("ordered tea", await world.Shipping.TextAsync(id));
    }

    [Fact]
    public async Task Rows_go_when_their_messages_have_ended_and_ids_of_the_application_stay_used()
    {
        var (first, second) = (MessageWorld.NextOrder(), MessageWorld.NextOrder());
        var own = await MessageWorld.OrderAsync(world.Orders, first, message => message.Publish(Shipping.Topic, new Ordered(first, "tea")));
        var gid = await MessageWorld.OrderAsync(world.Orders, second, message => message.Publish(Shipping.Topic, new Ordered(second, "tea")), gid: $"kept-{second}");

        await UntilAsync(async () => await ReasonAsync(own) is null && await ReasonAsync(gid) == "done");
        Assert.Equal(0, await world.Orders.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{gid}' AND payload IS NOT NULL"));
    }

    [Fact]
    public async Task What_a_subscriber_does_for_longer_than_its_lease_is_done_once()
    {
        var id = MessageWorld.NextOrder();
        var release = new TaskCompletionSource();
        Shipping.Staying[id] = release.Task;
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));
        await UntilAsync(() => Task.FromResult(Shipping.Handled.ContainsKey(id)));
        var began = TimeProvider.System.GetTimestamp();

        await MessageWorld.UntilAsync(
            world.Orders, gid, message => TimeProvider.System.GetElapsedTime(began) > MessageWorld.Lease * 2 && message.Branches[1].State == FatMessageBranchState.Delivering);
        release.SetResult();

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(1, Shipping.Handled[id]);
    }

    [Fact]
    public async Task A_message_that_no_subscriber_can_read_fails_at_once()
    {
        var id = MessageWorld.NextOrder();

        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new { Id = "not a number" }));

        var failed = await MessageWorld.UntilAsync(world.Orders, gid, message => message.Branches.All(branch => branch.State == FatMessageBranchState.Failed));
        Assert.All(failed.Branches, branch => Assert.Contains("HandleAsync cannot read it", branch.Reason, StringComparison.Ordinal));
        Assert.Equal(2, await MessageWorld.Admin(world.Orders).CancelAsync(gid, "It was a mistake.", Stop));
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Cancelled);
    }

    /// <summary>The server ends the session behind the work, so that the COMMIT has no answer.</summary>
    private Task<bool> OrderOverALostConnectionAsync(int id, string gid, Action<FatMessage> branches, Func<Task>? then = null) => MessageWorld.InScopeAsync(world.Orders, async services =>
    {
        var items = services.GetRequiredService<ItemsContext>();
        var message = services.GetRequiredService<IFatMessages>().New(gid);
        branches(message);
        await message.DoAndSubmitAsync(items, async _ =>
        {
            await items.Database.ExecuteSqlAsync($"INSERT INTO items (id) VALUES ({id})", Stop);
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => items.Database.ExecuteSqlRawAsync("SELECT pg_terminate_backend(pg_backend_pid())", Stop));
            await (then?.Invoke() ?? Task.CompletedTask);
        }, Stop);
        return true;
    });

    private static Task UntilAsync(Func<Task<bool>> holds) => Dialects.TillWorld.UntilAsync(holds);

    private Task<string?> ReasonAsync(string gid) => world.Orders.QueryAsync<string>($"SELECT reason FROM fat_barrier WHERE gid = '{gid}' AND branch_id = '00'");

    /// <summary>A local transaction that is over at once is not told of before.</summary>
    private static Task LongEnoughToBeToldOfAsync() => Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Stop);
}
