namespace Fat.Core.Tests.Messages;

/// <summary>A message from its local transaction to its subscribers and calls, when nothing goes wrong that is not meant to.</summary>
public sealed class MessageTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_group_of_subscribers_gets_a_committed_message_once()
    {
        var id = MessageWorld.NextOrder();
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));

        var message = await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(["ordered/billing", "ordered/shipping"], message.Branches.Select(branch => branch.Target));
        Assert.All(message.Branches, branch => Assert.Equal((FatMessageBranchState.Consumed, 1, null), (branch.State, branch.Attempts, branch.Reason)));
        Assert.True(message is { Submitted: not null, Ended: not null });
        Assert.Equal(1, Shipping.Handled[id]);
        Assert.Equal(("ordered", "ordered tea", "billed"), (await world.Orders.TextAsync(id), await world.Shipping.TextAsync(id), await world.Billing.TextAsync(id)));
    }

    [Fact]
    public async Task A_message_whose_local_work_fails_is_cancelled_and_delivered_to_nobody()
    {
        var id = MessageWorld.NextOrder();
        var gid = string.Empty;

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => MessageWorld.OrderAsync(
            world.Orders, id,
            message =>
            {
                gid = message.Gid;
                message.Publish(Shipping.Topic, new Ordered(id, "tea")).Call("called", "/never", new { id });
            },
            () => throw new InvalidOperationException("No money.")));

        Assert.Equal("No money.", thrown.Message);
        var message = await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Cancelled);
        Assert.Contains("No money.", message.Reason, StringComparison.Ordinal);
        Assert.False(await world.Orders.HasAsync(id) || await world.Shipping.HasAsync(id) || await world.Billing.HasAsync(id));
        Assert.Empty(world.Called.To("/never"));
    }

    [Fact]
    public async Task A_subscriber_that_fails_is_visible_with_its_reason_and_retried_by_hand()
    {
        var id = MessageWorld.NextOrder();
        Shipping.Failing[id] = "No truck.";
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));

        var failed = await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Failed);
        var branch = failed.Branches.Single(branch => branch.Target == "ordered/shipping");
        Assert.Equal((FatMessageBranchState.Failed, 3), (branch.State, branch.Attempts));
        Assert.Contains("No truck.", branch.Reason, StringComparison.Ordinal);
        Assert.Equal((3, false), (Shipping.Handled[id], await world.Shipping.HasAsync(id)));
        Assert.Contains(await MessageWorld.Admin(world.Orders).ListAsync(FatMessageState.Failed, cancellationToken: Stop), message => message.Gid == gid);

        Shipping.Failing.TryRemove(id, out _);
        Assert.Equal(1, await MessageWorld.Admin(world.Orders).RetryNowAsync(gid, cancellationToken: Stop));
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal("ordered tea", await world.Shipping.TextAsync(id));
    }

    [Fact]
    public async Task Calls_are_made_in_order_with_DTMs_fields_and_again_until_they_succeed()
    {
        var (id, refusals) = (MessageWorld.NextOrder(), 2);
        world.Called.Answers[$"/first/{id}"] = _ => Task.FromResult(Interlocked.Decrement(ref refusals) >= 0 ? (409, "FAILURE") : (200, "SUCCESS"));
        var gid = await MessageWorld.OrderAsync(
            world.Orders, id, message => message.Call("called", $"/first/{id}?deep=1", new { id }).Call(new Uri($"{world.Called.Address}/second/{id}")).Header("tenant", "7"));

        var message = await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        var first = world.Called.To($"/first/{id}");
        var second = Assert.Single(world.Called.To($"/second/{id}"));
        Assert.Equal(3, first.Count);
        Assert.All(first, request => Assert.Equal(("POST", $$"""{"id":{{id}}}""", "1", "7"), (request.Method, request.Body, request.Query["deep"], request.Headers["tenant"])));
        Assert.All(first, request => Assert.Equal((gid, "msg", "01", "action"), (request.Query["gid"], request.Query["trans_type"], request.Query["branch_id"], request.Query["op"])));
        Assert.Equal(("GET", "02", "action"), (second.Method, second.Query["branch_id"], second.Query["op"]));
        Assert.True(second.At > first[^1].At);
        var (pause, next) = (TimeProvider.System.GetElapsedTime(first[0].At, first[1].At), TimeProvider.System.GetElapsedTime(first[1].At, first[2].At));
        Assert.True(pause >= TimeSpan.FromMilliseconds(200) && next >= TimeSpan.FromMilliseconds(400), $"{pause}, {next}");
        Assert.Equal(3, message.Branches[0].Attempts);
    }

    [Fact]
    public async Task Calls_of_a_message_that_an_older_version_has_made_keep_the_op_that_barriers_know()
    {
        var (id, refusals) = (MessageWorld.NextOrder(), 1);
        world.Called.Answers[$"/older/{id}"] = _ => Task.FromResult(Interlocked.Decrement(ref refusals) >= 0 ? (500, "Not now.") : (200, string.Empty));
        var document = $$"""{"service":"orders","branches":[{"id":"01","service":"called","url":"/older/{{id}}","body":"{}"}]}""";
        await world.Orders.QueryAsync<long>(
            "INSERT INTO fat_barrier (trans_type, gid, branch_id, op, barrier_id, reason, payload, create_time, update_time) " +
            $"VALUES ('msg', 'older-{id}', '00', 'msg', '01', 'msg:orders', '{document}', now() - interval '1 minute', now() - interval '1 minute'); SELECT 1::bigint");

        await Dialects.TillWorld.UntilAsync(() => Task.FromResult(world.Called.To($"/older/{id}").Count == 2));

        Assert.All(world.Called.To($"/older/{id}"), request => Assert.Equal(("msg", $"older-{id}"), (request.Query["op"], request.Query["gid"])));
        await MessageWorld.UntilAsync(world.Orders, $"older-{id}", FatMessageState.Consumed);
    }

    [Fact]
    public async Task A_call_is_made_again_when_its_pause_is_over_and_not_when_somebody_looks()
    {
        var (id, refusals) = (MessageWorld.NextOrder(), 2);
        world.Called.Answers[$"/later/{id}"] = _ => Task.FromResult(Interlocked.Decrement(ref refusals) >= 0 ? (500, "Not now.") : (200, string.Empty));
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Call("called", $"/later/{id}", new { id }));

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        var calls = world.Called.To($"/later/{id}");
        var took = TimeProvider.System.GetElapsedTime(calls[0].At, calls[^1].At);
        Assert.True(took < TimeSpan.FromSeconds(1.6), $"{took}, for pauses of 0.2 and 0.4 s");
    }
}
