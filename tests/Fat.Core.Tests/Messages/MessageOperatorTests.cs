namespace Fat.Core.Tests.Messages;

/// <summary>What operators do: retry, deliver once more, take back.</summary>
public sealed class MessageOperatorTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_retry_by_hand_does_not_wait_for_the_pause()
    {
        var (id, refuses) = (MessageWorld.NextOrder(), true);
        world.Called.Answers[$"/hand/{id}"] = _ => Task.FromResult(Volatile.Read(ref refuses) ? (409, "FAILURE") : (200, string.Empty));
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Call("called", $"/hand/{id}").RetryEvery(TimeSpan.FromMinutes(5)));
        var waiting = await MessageWorld.UntilAsync(world.Orders, gid, message => message.Branches[0].State == FatMessageBranchState.Retrying);
        Assert.Contains("FAILURE", waiting.Branches[0].Reason, StringComparison.Ordinal);
        Volatile.Write(ref refuses, false);

        Assert.Equal(1, await MessageWorld.Admin(world.Orders).RetryNowAsync(gid, cancellationToken: Stop));

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_call_is_shown_with_its_own_attempts(bool concurrent)
    {
        var (id, refuses) = (MessageWorld.NextOrder(), true);
        world.Called.Answers[$"/two/{id}"] = _ => Task.FromResult(Volatile.Read(ref refuses) ? (500, "Not now.") : (200, string.Empty));
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message =>
        {
            message.Call("called", $"/one/{id}").Call("called", $"/two/{id}").Call("called", $"/three/{id}").RetryEvery(TimeSpan.FromMinutes(5));
            if (concurrent)
                message.Concurrent();
        });
        await FailedAsync(1);
        Assert.Equal(concurrent ? 1 : 2, await MessageWorld.Admin(world.Orders).RetryNowAsync(gid, cancellationToken: Stop));
        var failed = await FailedAsync(2);
        Assert.Contains("Not now.", failed.Branches[1].Reason, StringComparison.Ordinal);
        Assert.Equal((FatMessageBranchState.Consumed, 1), (failed.Branches[0].State, failed.Branches[0].Attempts));
        Assert.Equal(concurrent ? (FatMessageBranchState.Consumed, 1) : (FatMessageBranchState.Waiting, 0), (failed.Branches[2].State, failed.Branches[2].Attempts));
        Assert.Null(failed.Branches[2].Reason);
        Volatile.Write(ref refuses, false);

        Assert.Equal(concurrent ? 1 : 2, await MessageWorld.Admin(world.Orders).RetryNowAsync(gid, cancellationToken: Stop));

        var consumed = await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal([1, 3, 1], consumed.Branches.Select(branch => branch.Attempts));

        Task<FatMessageDetails> FailedAsync(int attempts) => MessageWorld.UntilAsync(
            world.Orders, gid, message => message.Branches[1] is { State: FatMessageBranchState.Retrying } branch && branch.Attempts == attempts);
    }

    [Fact]
    public async Task What_is_delivered_once_more_takes_no_effect()
    {
        var id = MessageWorld.NextOrder();
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);

        Assert.True(await MessageWorld.Admin(world.Orders).RedeliverAsync(gid, "02", Stop));

        await Dialects.TillWorld.UntilAsync(() => Task.FromResult(Shipping.Handled[id] == 2));
        Assert.Equal("ordered tea", await world.Shipping.TextAsync(id));
        Assert.False(await MessageWorld.Admin(world.Orders).RedeliverAsync(gid, "03", Stop));
    }

    [Fact]
    public async Task What_an_operator_takes_back_is_not_done()
    {
        var (id, calls) = (MessageWorld.NextOrder(), 0);
        world.Called.Answers[$"/back/{id}"] = _ =>
        {
            Interlocked.Increment(ref calls);
            return Task.FromResult((500, "Broken."));
        };
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")).Call("called", $"/back/{id}").RetryEvery(TimeSpan.FromMinutes(5)));
        await MessageWorld.UntilAsync(
            world.Orders, gid, message => message.Branches[2].State == FatMessageBranchState.Retrying && message.Branches.Take(2).All(branch => branch.State == FatMessageBranchState.Consumed));

        Assert.Equal(1, await MessageWorld.Admin(world.Orders).CancelAsync(gid, "The customer has called.", Stop));

        var message = await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal((FatMessageBranchState.Cancelled, "The customer has called."), (message.Branches[2].State, message.Branches[2].Reason));
        Assert.Equal((1, 0), (calls, await MessageWorld.Admin(world.Orders).RetryNowAsync(gid, cancellationToken: Stop)));
    }
}
