using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class WorkQueueContract
{
    [Fact]
    public async Task Pieces_come_in_the_order_in_which_they_were_put_with_what_was_put()
    {
        await PutAsync("c", "a");
        await PutAsync(new WorkItem("b", "库存 😀\n\"") { Key = "a key\nof two lines" });

        var first = await TakeAsync(2);
        var second = await TakeAsync(2);

        Assert.Equal(["c", "a", "b"], first.Concat(second).Select(item => item.Hold.Id), StringComparer.Ordinal);
        Assert.Equal("body of c", first[0].Body);
        Assert.Null(first[0].Key);
        Assert.Equal(0, first[0].Failures);
        Assert.Equal("库存 😀\n\"", second[0].Body);
        Assert.Equal("a key\nof two lines", second[0].Key);
        Assert.Empty(await TakeAsync());
    }

    [Fact]
    public async Task Many_pieces_keep_their_order_and_a_take_has_its_bound()
    {
        var ids = Enumerable.Range(0, 200).Select(number => $"piece-{number}").ToArray();
        await PutAsync(ids);

        var first = await TakeAsync(1000);
        var second = await TakeAsync(1000);

        Assert.Equal(RegistryLimits.PiecesPerTake, first.Count);
        Assert.Equal(ids, first.Concat(second).Select(item => item.Hold.Id), StringComparer.Ordinal);
        Assert.Empty(await Queues.EndAsync(Queue, [.. first.Concat(second).Select(item => new WorkEnd(item.Hold, WorkOutcome.Done))], Cancellation));
        await AssertCountsAsync();
        Assert.All(await Queues.ReadAsync(Queue, ids, Cancellation), Assert.Null);
    }

    [Fact]
    public async Task Nothing_put_is_nothing()
    {
        await PutAsync(Array.Empty<WorkItem>());

        Assert.Empty(await TakeAsync());
        await AssertCountsAsync();
    }

    [Fact]
    public async Task A_piece_that_is_there_stays_as_it_is_in_every_state()
    {
        await PutAsync("taken", "aside", "later", "ready");
        var taken = await TakeOneAsync("taken");
        await EndAsync(await TakeOneAsync("aside"), WorkOutcome.SetAside);
        await EndAsync(await TakeOneAsync("later"), WorkOutcome.Again, Long);

        await Queues.PutAsync(Queue, [.. new[] { "taken", "aside", "later", "ready" }.Select(id => new WorkItem(id, "another body"))], Cancellation);

        await AssertCountsAsync(ready: 1, later: 1, taken: 1, setAside: 1);
        Assert.Equal("body of ready", (await TakeOneAsync("ready")).Body);
        await EndAsync(taken);
    }

    [Fact]
    public async Task An_id_that_is_over_can_be_put_again_and_the_old_hold_is_not_the_new_one()
    {
        await PutAsync("a");
        var first = await TakeOneAsync("a");
        await EndAsync(first);
        await PutAsync("a");
        var second = await TakeOneAsync("a");

        Assert.True(second.Hold.Fence > first.Hold.Fence);
        Assert.True(await IsLostAsync(first));
        Assert.Equal(WorkState.Taken, (await ViewAsync("a"))!.State);
    }

    [Fact]
    public async Task A_delayed_piece_is_not_due_before_its_time()
    {
        await PutAsync(Item("later", delay: Long), Item("sooner", delay: Long / 2), Item("now"));

        Assert.Equal("now", await IdsAsync());
        await AssertCountsAsync(later: 2, taken: 1);
        Assert.Equal(WorkState.Later, (await ViewAsync("later"))!.State);
        Assert.Equal(Long / 2, (await ViewAsync("later"))!.Due - (await ViewAsync("sooner"))!.Due);
        await PutAsync(Item("soon", delay: Short));
        Assert.Equal("soon", (await AwaitOneAsync()).Hold.Id);
        await AssertCountsAsync(later: 2, taken: 2);
    }

    [Fact]
    public async Task What_was_delayed_comes_before_what_is_ready()
    {
        await PutAsync(Item("delayed", delay: Short));
        var due = (await ViewAsync("delayed"))!.Due;
        await PutAsync("ready");
        await UntilAsync(async () => await NowAsync() > due);

        Assert.Equal("delayed ready", await IdsAsync());
    }

    [Fact]
    public async Task Whoever_takes_is_told_when_to_look_again()
    {
        Assert.Null((await Queues.TakeAsync(Queue, Me, 1, Long, Cancellation)).Next);

        await PutAsync("a");
        Assert.InRange((await Queues.TakeAsync(Queue, Me, 1, Long, Cancellation)).Next!.Value, Long / 2, Long);

        await PutAsync(Item("b", delay: Long / 4));
        Assert.InRange((await Queues.TakeAsync(Queue, Me, 1, Long, Cancellation)).Next!.Value, Long / 8, Long / 4);
    }

    [Fact]
    public async Task Each_piece_goes_to_one_taker()
    {
        var ids = Enumerable.Range(0, 60).Select(number => $"piece-{number}").ToArray();
        await PutAsync(ids);

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => OpenAnother()).ToList().Select(async other =>
            (await other.Queues.TakeAsync(Queue, GroupSample.NewInstance("orders"), 3, Long, Cancellation)).Items));

        Assert.Equal(ids.Order(StringComparer.Ordinal), taken.SelectMany(items => items).Select(item => item.Hold.Id).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Queues_do_not_know_each_other()
    {
        var other = QueueName.Transactions(GroupSample.NewService());
        await PutAsync("a");
        await Queues.PutAsync(other, [Item("a"), Item("b")], Cancellation);

        Assert.Equal("a", await IdsAsync());
        Assert.Equal(new QueueCounts(2, 0, 0, 0), await Queues.CountAsync(other, Cancellation));
    }

    [Fact]
    public async Task What_was_lost_can_be_put_again()
    {
        await PutAsync(Item("a", "key"), Item("b", "key"));
        var lost = await TakeOneAsync("a");
        await LoseAsync();

        Assert.Null(await ViewAsync("a"));
        Assert.True(await IsLostAsync(lost));
        Assert.Equal([lost.Hold], await Queues.RenewAsync(Queue, [lost.Hold], Long, Cancellation));
        await PutAsync(Item("a", "key"), Item("b", "key"));
        var again = await TakeOneAsync("a");
        Assert.True(await IsLostAsync(lost));
        await EndAsync(again);
        await TakeOneAsync("b");
    }
}
