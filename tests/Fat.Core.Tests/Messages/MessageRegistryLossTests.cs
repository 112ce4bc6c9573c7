using Fat.Core.Tests.Incidents;
using Fat.Core.Tests.World;
using Fat.Protocol;
using Fat.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Messages;

/// <summary>Redis loses everything, at different moments. Each test has Redis keys of its own, and drops all of them.</summary>
public sealed class MessageRegistryLossTests(Servers servers) : IAsyncLifetime
{
    private readonly MessageWorld _world = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_message_that_waits_for_its_subscribers_is_sent_again_and_takes_effect_once()
    {
        var id = MessageWorld.NextOrder();
        await _world.StopAsync(_world.Shipping);
        var gid = await MessageWorld.OrderAsync(_world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));
        await MessageWorld.UntilAsync(_world.Orders, gid, message => message.Branches[0].State == FatMessageBranchState.Consumed);

        await _world.LoseAsync();

        var shipping = await _world.StartSubscriberAsync<Shipping>("shipping");
        await MessageWorld.UntilAsync(_world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(("ordered", "ordered tea", "billed"), (await _world.Orders.TextAsync(id), await shipping.TextAsync(id), await _world.Billing.TextAsync(id)));
        Assert.Equal(1, Shipping.Handled[id]);
    }

    [Fact]
    public async Task A_group_of_subscribers_whose_subscription_is_lost_misses_nothing()
    {
        var (first, second) = (MessageWorld.NextOrder(), MessageWorld.NextOrder());
        var before = await MessageWorld.OrderAsync(_world.Orders, first, message => message.Publish(Shipping.Topic, new Ordered(first, "tea")));
        await MessageWorld.UntilAsync(_world.Orders, before, FatMessageState.Consumed);
        await _world.StopAsync(_world.Shipping);
        await _world.StopAsync(_world.Billing);
        await _world.LoseAsync();

        // A new instance knows the topic from its database alone.
        var orders = await _world.StartAsync("orders");
        var gid = await MessageWorld.OrderAsync(orders, second, message => message.Publish(Shipping.Topic, new Ordered(second, "tea")));

        var shipping = await _world.StartSubscriberAsync<Shipping>("shipping");
        var billing = await _world.StartSubscriberAsync<Billing>("billing");
        await MessageWorld.UntilAsync(orders, gid, FatMessageState.Consumed);
        Assert.Equal(("ordered tea", "billed"), (await shipping.TextAsync(second), await billing.TextAsync(second)));
    }

    [Fact]
    public async Task A_group_that_has_subscribed_since_the_last_message_misses_nothing()
    {
        var (first, second) = (MessageWorld.NextOrder(), MessageWorld.NextOrder());
        var before = await MessageWorld.OrderAsync(_world.Orders, first, message => message.Publish(Shipping.Topic, new Ordered(first, "tea")));
        var late = await _world.StartSubscriberAsync<Late>("late");
        await LostBranchWorld.UntilAsync(() => _world.Orders.QueryAsync<long>("SELECT count(*) FROM fat_barrier WHERE gid LIKE 'topic:%:late'"), 1);
        await MessageWorld.UntilAsync(_world.Orders, before, FatMessageState.Consumed);
        await _world.StopAsync(late);
        await _world.LoseAsync();

        var gid = await MessageWorld.OrderAsync(_world.Orders, second, message => message.Publish(Shipping.Topic, new Ordered(second, "tea")));

        late = await _world.StartSubscriberAsync<Late>("late");
        await MessageWorld.UntilAsync(_world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal("late", await late.TextAsync(second));
    }

    private sealed class Late(ItemsContext items)
    {
        [FatSubscribe(Shipping.Topic, Group = "late")]
        public async Task HandleAsync(Ordered ordered, FatBarrier barrier, CancellationToken cancellationToken) => await barrier.CallAsync(items, async _ =>
        {
            items.Add(new Item { Id = ordered.Id, Text = "late" });
            await items.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
    }

    [Fact]
    public async Task A_call_that_is_being_retried_goes_on()
    {
        var (id, refuses) = (MessageWorld.NextOrder(), true);
        _world.Called.Answers[$"/slow/{id}"] = _ => Task.FromResult(Volatile.Read(ref refuses) ? (500, "Not now.") : (200, string.Empty));
        var gid = await MessageWorld.OrderAsync(_world.Orders, id, message => message.Call("called", $"/slow/{id}", new { id }));
        await MessageWorld.UntilAsync(_world.Orders, gid, message => message.Branches[0].Attempts > 0);

        await _world.LoseAsync();
        Volatile.Write(ref refuses, false);

        await MessageWorld.UntilAsync(_world.Orders, gid, FatMessageState.Consumed);
        Assert.All(_world.Called.To($"/slow/{id}"), request => Assert.Equal((gid, "action"), (request.Query["gid"], request.Query["op"])));
    }

    [Fact]
    public async Task A_delayed_message_comes_at_its_first_time()
    {
        var (due, early) = (MessageWorld.NextOrder(), MessageWorld.NextOrder());
        var first = await MessageWorld.OrderAsync(_world.Orders, due, message => message.Publish(Shipping.Topic, new Ordered(due, "tea")).Delay(TimeSpan.FromHours(1)));
        var second = await MessageWorld.OrderAsync(_world.Orders, early, message => message.Publish(Shipping.Topic, new Ordered(early, "tea")).Delay(TimeSpan.FromHours(2)));
        await _world.Orders.QueryAsync<long>($"UPDATE fat_barrier SET create_time = create_time - interval '1 hour' WHERE gid IN ('{first}', '{second}'); SELECT 1::bigint");

        await _world.LoseAsync();

        await MessageWorld.UntilAsync(_world.Orders, first, FatMessageState.Consumed);
        var waiting = await MessageWorld.UntilAsync(_world.Orders, second, FatMessageState.Submitted);
        Assert.All(waiting.Branches, branch => Assert.InRange(branch.Next!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(61)));
        Assert.False(Shipping.Handled.ContainsKey(early));
        Assert.Equal(2, await MessageWorld.Admin(_world.Orders).CancelAsync(second, "It was a test.", Stop));
    }

    [Fact]
    public async Task A_message_that_has_failed_is_shown_so_again_when_its_record_is_gone()
    {
        var id = MessageWorld.NextOrder();
        Shipping.Failing[id] = "No truck.";
        var gid = await MessageWorld.OrderAsync(_world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));
        await MessageWorld.UntilAsync(_world.Orders, gid, FatMessageState.Failed);
        var handled = Shipping.Handled[id];

        await using (var redis = await _world.Servers.Redis.ConnectAsync(Stop))
            await redis.ExecuteAsync(["DEL", $"{_world.KeyPrefix}:m:{{orders}}:{gid}"], Stop);

        var branch = (await MessageWorld.UntilAsync(_world.Orders, gid, FatMessageState.Failed)).Branches[1];
        Assert.Equal((FatMessageBranchState.Failed, 3), (branch.State, branch.Attempts));
        Assert.Contains("No truck.", branch.Reason, StringComparison.Ordinal);
        Assert.Equal(handled, Shipping.Handled[id]);
        Assert.Equal(1, await MessageWorld.Admin(_world.Orders).CancelAsync(gid, "It was a test.", Stop));
    }

    [Fact]
    public async Task Many_messages_are_found_together()
    {
        await _world.StopAsync(_world.Shipping);
        var gids = new List<string>();
        for (var message = 0; message < 150; message++)
        {
            var id = MessageWorld.NextOrder();
            gids.Add(await MessageWorld.OrderAsync(_world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea"))));
        }

        await _world.LoseAsync();

        // One after the other, each on a connection of its own, would take longer than UntilAsync waits.
        await _world.StartSubscriberAsync<Shipping>("shipping");
        await Task.WhenAll(gids.Select(gid => MessageWorld.UntilAsync(_world.Orders, gid, FatMessageState.Consumed)));
    }

    [Fact]
    public async Task What_is_consumed_stays_so_when_barriers_are_gone()
    {
        var id = MessageWorld.NextOrder();
        await _world.StopAsync(_world.Shipping);
        var gid = await MessageWorld.OrderAsync(_world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));
        await Dialects.TillWorld.UntilAsync(
            async () => await _world.Orders.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{gid}' AND payload LIKE '%\"done\":[\"01\"]%'") == 1);
        await _world.Billing.QueryAsync<long>("DELETE FROM fat_barrier WHERE op = 'msg'; DELETE FROM items; SELECT 1::bigint");

        await _world.LoseAsync();

        var shipping = await _world.StartSubscriberAsync<Shipping>("shipping");
        await MessageWorld.UntilAsync(_world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(("ordered tea", false), (await shipping.TextAsync(id), await _world.Billing.HasAsync(id)));
    }

    [Fact]
    public async Task A_submission_that_reaches_Redis_after_the_loss_of_a_message_that_is_over_ends()
    {
        var id = MessageWorld.NextOrder();
        var gid = await MessageWorld.OrderAsync(_world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));
        await MessageWorld.UntilAsync(_world.Orders, gid, FatMessageState.Consumed);
        await Dialects.TillWorld.UntilAsync(async () => await _world.Orders.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{gid}'") == 0);
        Assert.True(MessageId.TryParse(gid, out var message) & FatName.TryParse("orders", out var service));
        var records = _world.Orders.Services.GetRequiredService<IMessageRecords>();
        var known = Assert.Single(await records.ReadAsync(service, [message], Stop))!;

        await _world.LoseAsync();
        await records.SubmitAsync(service, [new SubmittedMessage(message, known.Origin, ["01", "02"])], Stop);

        await MessageWorld.UntilAsync(_world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(1, Shipping.Handled[id]);
    }
}
