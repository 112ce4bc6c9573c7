using Fat.Core.Tests.Messages;

namespace Fat.Core.Tests.Telemetry;

/// <summary>What is counted of messages, and where their spans are.</summary>
[Collection(typeof(TelemetryCollection))]
public sealed class MessageMeterTests(MessageWorld world) : IClassFixture<MessageWorld>, IDisposable
{
    private const string Queue = "topic/ordered/shipping";

    private readonly Numbers _numbers = new();

    public void Dispose() => _numbers.Dispose();

    [Fact]
    public async Task A_message_is_counted_when_it_is_submitted_and_when_each_branch_is_consumed()
    {
        var id = MessageWorld.NextOrder();
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")).Call("called", $"/paid/{id}", new { id }));
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);

        Assert.Equal(1, Assert.Single(_numbers.Of("fat.messages", ("fat.service", "orders"), ("fat.outcome", "submitted"))).Value);
        Assert.Single(_numbers.Of("fat.messages", ("fat.service", "shipping"), ("fat.outcome", "consumed")));
        Assert.Single(_numbers.Of("fat.messages", ("fat.service", "orders"), ("fat.outcome", "consumed")));
        Assert.Single(_numbers.Of("fat.message.duration", ("fat.queue", Queue), ("fat.outcome", "consumed")));
        Assert.Single(_numbers.Of("fat.message.duration", ("fat.queue", "calls/orders"), ("fat.outcome", "consumed")));
    }

    [Fact]
    public async Task Attempts_that_fail_are_counted_and_what_is_set_aside_is_seen_in_its_queue()
    {
        var id = MessageWorld.NextOrder();
        using var spans = new Spans();
        Shipping.Failing[id] = "No truck.";
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Failed);

        // Three attempts are allowed: two of them come again.
        Assert.Equal(2, _numbers.Of("fat.message.retries", ("fat.service", "shipping"), ("fat.queue", Queue)).Count);
        Assert.Equal(3, _numbers.Of("fat.message.duration", ("fat.queue", Queue), ("fat.outcome", "failed")).Count);
        Assert.Single(_numbers.Of("fat.messages", ("fat.service", "shipping"), ("fat.outcome", "failed")));
        Assert.Contains(
            await spans.UntilAsync(gid, "fat.message.deliver", 3), span => span.GetTagItem("fat.group") is "shipping" && span.StatusDescription == "No truck.");
        await DepthAsync(1);

        Shipping.Failing.TryRemove(id, out _);
        Assert.Equal(1, await MessageWorld.Admin(world.Orders).RetryNowAsync(gid, cancellationToken: TestContext.Current.CancellationToken));
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        await DepthAsync(0);
    }

    private async Task DepthAsync(double wanted)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (!(_numbers.Of("fat.message.queue.length", ("fat.queue", Queue), ("fat.state", "set_aside")) is [.., var last] && last.Value == wanted))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
    }
}
