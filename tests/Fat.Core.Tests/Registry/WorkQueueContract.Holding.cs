using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class WorkQueueContract
{
    private const string LeaseEnded = "the lease ended: its taker died or was stopped";

    [Fact]
    public async Task What_is_done_is_gone()
    {
        await PutAsync("a");
        await EndAsync(await TakeOneAsync("a"));

        Assert.Null(await ViewAsync("a"));
        Assert.Empty(await TakeAsync());
        await AssertCountsAsync();
    }

    [Fact]
    public async Task An_ended_lease_is_a_failure_and_the_old_holder_has_lost_it()
    {
        await PutAsync("a");
        var first = await TakeOneAsync("a", Short);
        Assert.Equal(WorkState.Taken, (await ViewAsync("a"))!.State);

        var second = await AwaitOneAsync();

        Assert.Equal((first.Hold.Id, 1), (second.Hold.Id, second.Failures));
        Assert.True(second.Hold.Fence > first.Hold.Fence);
        Assert.Equal(LeaseEnded, (await ViewAsync("a"))!.Reason);
        Assert.Equal(1, (await ViewAsync("a"))!.Failures);
        Assert.Equal([first.Hold], await Queues.RenewAsync(Queue, [first.Hold], Long, Cancellation));
        foreach (var outcome in Enum.GetValues<WorkOutcome>())
            Assert.True(await IsLostAsync(first, outcome));
        await AssertCountsAsync(taken: 1);
        Assert.False(await IsLostAsync(second));
    }

    [Fact]
    public async Task A_lease_that_ended_is_its_holders_until_somebody_else_takes_the_piece()
    {
        await PutAsync("a", "b");
        var taken = await TakeAsync(2, TimeSpan.FromMilliseconds(1));
        var (renewed, ended) = (taken[0], taken[1]);
        var end = (await ViewAsync("b"))!.Due;
        await UntilAsync(async () => await NowAsync() > end);

        Assert.Empty(await Queues.RenewAsync(Queue, [renewed.Hold], Long, Cancellation));
        await EndAsync(ended);
        Assert.Empty(await TakeAsync());
    }

    [Fact]
    public async Task A_renewed_lease_keeps_the_piece()
    {
        await PutAsync("a", "b");
        var held = await TakeAsync(2, Short);
        var kept = held[0];
        Assert.Empty(await Queues.RenewAsync(Queue, [kept.Hold], Long, Cancellation));

        Assert.Equal("b", (await AwaitOneAsync()).Hold.Id);
        Assert.Empty(await TakeAsync());
        await EndAsync(kept);
    }

    [Fact]
    public async Task Of_many_holds_those_that_are_not_the_callers_are_returned_and_the_others_end()
    {
        await PutAsync("a", "b", "c");
        var held = await TakeAsync();
        var (unknown, old) = (new WorkHold("unknown", 1), held[1].Hold with { Fence = held[1].Hold.Fence - 1 });

        Assert.Equal([unknown, old], await Queues.RenewAsync(Queue, [held[0].Hold, unknown, old, held[2].Hold], Long, Cancellation));
        Assert.Equal(
            [unknown, old],
            await Queues.EndAsync(Queue, [.. new[] { held[0].Hold, unknown, old, held[2].Hold }.Select(hold => new WorkEnd(hold, WorkOutcome.Done))], Cancellation));

        await AssertCountsAsync(taken: 1);
        await EndAsync(held[1]);
        Assert.True(await IsLostAsync(held[1]));
    }

    [Fact]
    public async Task Nothing_held_is_nothing()
    {
        Assert.Empty(await Queues.RenewAsync(Queue, [], Long, Cancellation));
        Assert.Empty(await Queues.EndAsync(Queue, [], Cancellation));
        Assert.Empty(await Queues.ReadAsync(Queue, [], Cancellation));
    }

    [Fact]
    public async Task A_failure_is_counted_with_its_reason_and_the_piece_is_due_again()
    {
        await PutAsync("a");
        await EndAsync(await TakeOneAsync("a"), WorkOutcome.Failed, Long, "库存不足 😀", "body 2");

        var view = await ViewAsync("a");
        Assert.Equal((WorkState.Later, 1, "库存不足 😀"), (view!.State, view.Failures, view.Reason));
        Assert.Empty(await TakeAsync());
        Assert.True(await Queues.RetryNowAsync(Queue, "a", Cancellation));
        var again = await TakeOneAsync("a");
        Assert.Equal(("body 2", 0), (again.Body, again.Failures));

        await EndAsync(again, WorkOutcome.Failed, Short);
        var later = await AwaitOneAsync();
        Assert.Equal(("body 2", 1), (later.Body, later.Failures));
        Assert.Null((await ViewAsync("a"))!.Reason);
        await EndAsync(later, WorkOutcome.Failed);
        Assert.Equal(2, (await TakeOneAsync("a")).Failures);
    }

    [Fact]
    public async Task Again_is_no_failure_and_keeps_what_is_known()
    {
        await PutAsync("a");
        await EndAsync(await TakeOneAsync("a"), WorkOutcome.Failed, reason: "no answer");
        await EndAsync(await TakeOneAsync("a"), WorkOutcome.Again, Short);

        Assert.Equal((WorkState.Later, 1, "no answer"), (await ViewAsync("a") is { } view) ? (view.State, view.Failures, view.Reason) : default);
        Assert.Equal(("body of a", 1), (await AwaitOneAsync() is { } taken) ? (taken.Body, taken.Failures) : default);
    }

    [Fact]
    public async Task What_is_set_aside_waits_for_an_operator()
    {
        await PutAsync("a");
        await EndAsync(await TakeOneAsync("a"), WorkOutcome.SetAside, reason: "bad request", body: "body 2");

        var view = await ViewAsync("a");
        Assert.Equal((WorkState.SetAside, 1, "bad request"), (view!.State, view.Failures, view.Reason));
        Assert.NotNull(view.Due);
        Assert.Empty(await TakeAsync());
        await AssertCountsAsync(setAside: 1);

        Assert.True(await Queues.RetryNowAsync(Queue, "a", Cancellation));
        Assert.Equal((WorkState.Ready, 0, null, null), (await ViewAsync("a") is { } now) ? (now.State, now.Failures, now.Reason, now.Due) : default);
        Assert.Equal("body 2", (await TakeOneAsync("a")).Body);
    }

    [Fact]
    public async Task Only_what_waits_for_its_time_or_was_set_aside_is_retried()
    {
        await PutAsync("ready", "taken");
        await Queues.RemoveAsync(Queue, "ready", Cancellation);
        await TakeOneAsync("taken");
        await PutAsync("ready");

        foreach (var id in new[] { "ready", "taken", "unknown" })
            Assert.False(await Queues.RetryNowAsync(Queue, id, Cancellation));
    }

    [Fact]
    public async Task A_reason_is_cut_between_characters()
    {
        await PutAsync("a");
        await EndAsync(await TakeOneAsync("a"), WorkOutcome.Failed, reason: new string('x', 999) + "😀 and more");

        Assert.Equal(new string('x', 999), (await ViewAsync("a"))!.Reason);
    }

    [Fact]
    public async Task A_piece_is_taken_out_of_every_state()
    {
        await PutAsync("taken", "aside", "later", "ready");
        var taken = await TakeOneAsync("taken");
        await EndAsync(await TakeOneAsync("aside"), WorkOutcome.SetAside);
        await EndAsync(await TakeOneAsync("later"), WorkOutcome.Again, Long);

        foreach (var id in new[] { "taken", "aside", "later", "ready" })
        {
            Assert.True(await Queues.RemoveAsync(Queue, id, Cancellation));
            Assert.False(await Queues.RemoveAsync(Queue, id, Cancellation));
            Assert.Null(await ViewAsync(id));
        }

        Assert.Equal([taken.Hold], await Queues.RenewAsync(Queue, [taken.Hold], Long, Cancellation));
        Assert.True(await IsLostAsync(taken));
        await AssertCountsAsync();
    }
}
