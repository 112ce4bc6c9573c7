using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class WorkQueueContract
{
    [Fact]
    public async Task Pieces_of_a_key_are_taken_one_at_a_time_and_in_order()
    {
        await PutAsync(Item("a1", "a"), Item("a2", "a"), Item("b1", "b"), Item("free"), Item("a3", "a"), Item("b2", "b"));

        var first = await TakeAsync();

        Assert.Equal(["a1", "b1", "free"], first.Select(item => item.Hold.Id), StringComparer.Ordinal);
        await AssertCountsAsync(ready: 3, taken: 3);
        Assert.Equal(WorkState.Ready, (await ViewAsync("a2"))!.State);
        Assert.Empty(await TakeAsync());
        await EndAsync(first[0]);
        var second = await TakeOneAsync("a2");
        await EndAsync(first[1]);
        await TakeOneAsync("b2");
        await EndAsync(second);
        await EndAsync(await TakeOneAsync("a3"));
        await AssertCountsAsync(taken: 2);
    }

    [Fact]
    public async Task Many_pieces_of_a_key_keep_their_order_whatever_their_ids()
    {
        var ids = Enumerable.Range(0, 150).Select(number => $"{150 - number}").ToList();
        await PutAsync([.. ids.Select(id => Item(id, "key"))]);

        foreach (var id in ids)
            await EndAsync(await TakeOneAsync(id));

        await AssertCountsAsync();
    }

    [Fact]
    public async Task Keys_that_resemble_each_other_are_kept_apart()
    {
        string[] keys = ["", "a", "a1", "1:a", "a\n", "aa", "0000000000000001", "库"];
        await PutAsync([.. keys.SelectMany((key, i) => new[] { Item($"first-{i}", key), Item($"second-{i}", key) })]);

        var first = await TakeAsync(100);

        Assert.Equal(keys, first.Select(item => item.Key!), StringComparer.Ordinal);
        foreach (var item in first)
        {
            await EndAsync(item);
            Assert.Equal(item.Key, (await TakeOneAsync(item.Hold.Id.Replace("first", "second", StringComparison.Ordinal))).Key);
        }
    }

    [Theory]
    [InlineData(WorkOutcome.Failed)]
    [InlineData(WorkOutcome.Again)]
    internal async Task A_piece_that_is_due_again_keeps_its_key_until_then(WorkOutcome outcome)
    {
        await PutAsync(Item("a1", "a"), Item("a2", "a"));
        await EndAsync(await TakeOneAsync("a1"), outcome, Long);
        await PutAsync(Item("a3", "a"));

        Assert.Empty(await TakeAsync());
        await AssertCountsAsync(ready: 2, later: 1);
        Assert.True(await Queues.RetryNowAsync(Queue, "a1", Cancellation));
        await EndAsync(await TakeOneAsync("a1"), outcome, Short);
        var again = await AwaitOneAsync();
        Assert.Equal("a1", again.Hold.Id);
        await EndAsync(again, outcome);
        await EndAsync(await TakeOneAsync("a1"));
        await EndAsync(await TakeOneAsync("a2"));
        await TakeOneAsync("a3");
    }

    [Fact]
    public async Task A_piece_whose_lease_ended_keeps_its_key()
    {
        await PutAsync(Item("a1", "a"), Item("a2", "a"));
        await TakeOneAsync("a1", Short);

        var again = await AwaitOneAsync();

        Assert.Equal("a1", again.Hold.Id);
        Assert.Empty(await TakeAsync());
        await EndAsync(again);
        await TakeOneAsync("a2");
    }

    [Fact]
    public async Task A_delayed_piece_has_its_turn_in_its_key()
    {
        await PutAsync(Item("a1", "a", Long), Item("a2", "a"), Item("b1", "b"), Item("b2", "b", Long), Item("b3", "b"));
        Assert.Equal("b1", await IdsAsync());
        await AssertCountsAsync(ready: 3, later: 1, taken: 1);
        Assert.True(await Queues.RetryNowAsync(Queue, "a1", Cancellation));
        Assert.Equal("a1", await IdsAsync());
        Assert.True(await Queues.RemoveAsync(Queue, "b1", Cancellation));

        // b2 has the key now, and its delay is not over.
        Assert.Empty(await TakeAsync());
        Assert.Equal(WorkState.Later, (await ViewAsync("b2"))!.State);
        Assert.True(await Queues.RetryNowAsync(Queue, "b2", Cancellation));
        await EndAsync(await TakeOneAsync("b2"));
        await TakeOneAsync("b3");
    }

    [Fact]
    public async Task What_is_set_aside_makes_room_for_the_next_and_has_its_turn_when_it_is_retried()
    {
        await PutAsync(Item("a1", "a"), Item("a2", "a"), Item("a3", "a"));
        await EndAsync(await TakeOneAsync("a1"), WorkOutcome.SetAside);
        var second = await TakeOneAsync("a2");

        Assert.True(await Queues.RetryNowAsync(Queue, "a1", Cancellation));
        Assert.Equal(WorkState.Ready, (await ViewAsync("a1"))!.State);
        Assert.Empty(await TakeAsync());
        await AssertCountsAsync(ready: 2, taken: 1);

        // It was put before a3.
        await EndAsync(second);
        await EndAsync(await TakeOneAsync("a1"), WorkOutcome.SetAside);
        await EndAsync(await TakeOneAsync("a3"));
        Assert.True(await Queues.RetryNowAsync(Queue, "a1", Cancellation));
        await TakeOneAsync("a1");
    }

    [Fact]
    public async Task What_is_taken_out_makes_room_for_the_next()
    {
        await PutAsync(Item("ready", "r"), Item("r2", "r"), Item("later", "l", Long), Item("l2", "l"), Item("w1", "w"), Item("waiting", "w"), Item("w2", "w"));
        foreach (var id in new[] { "ready", "later", "waiting" })
            Assert.True(await Queues.RemoveAsync(Queue, id, Cancellation));

        Assert.Equal("w1 r2 l2".Split(' ').Order(StringComparer.Ordinal), (await TakeAsync()).Select(item => item.Hold.Id).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.True(await Queues.RemoveAsync(Queue, "w1", Cancellation));
        await TakeOneAsync("w2");
    }

    [Fact]
    public async Task A_piece_that_was_taken_out_while_it_was_set_aside_does_not_disturb_its_key()
    {
        await PutAsync(Item("a1", "a"), Item("a2", "a"), Item("a3", "a"));
        await EndAsync(await TakeOneAsync("a1"), WorkOutcome.SetAside);
        await TakeOneAsync("a2");
        Assert.True(await Queues.RemoveAsync(Queue, "a1", Cancellation));

        Assert.Empty(await TakeAsync());
        await AssertCountsAsync(ready: 1, taken: 1);
    }
}
