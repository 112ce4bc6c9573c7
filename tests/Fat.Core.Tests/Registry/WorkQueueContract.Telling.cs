using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class WorkQueueContract
{
    private readonly InstanceId _other = GroupSample.NewInstance("orders");

    private InboxMessage Signal => new InboxMessage.Work(Queue);

    [Fact]
    public async Task An_instance_that_found_nothing_is_told_once()
    {
        await TakeAsync();

        await PutAsync("a", "b");
        Assert.Equal([Signal], await SignalsAsync(Me));
        await PutAsync("c");

        Assert.Empty(await SignalsAsync(Me));
    }

    [Fact]
    public async Task One_of_many_idle_instances_is_told_of_each_put()
    {
        await TakeAsync();
        await TakeAsync(instance: _other);

        await PutAsync("a", "b");
        Assert.Equal([Signal], (await SignalsAsync(Me)).Concat(await SignalsAsync(_other)));
        await PutAsync("c");
        Assert.Equal([Signal], (await SignalsAsync(Me)).Concat(await SignalsAsync(_other)));
        await PutAsync("d");
        Assert.Empty((await SignalsAsync(Me)).Concat(await SignalsAsync(_other)));
    }

    [Fact]
    public async Task A_signal_wakes_whoever_waits_in_another_process()
    {
        await TakeAsync();
        var receiving = Inboxes.ReceiveAsync(Me, TimeSpan.FromSeconds(15), Cancellation).AsTask();

        await OpenAnother().Queues.PutAsync(Queue, [Item("a")], Cancellation);

        Assert.Equal([Signal], await receiving);
    }

    [Fact]
    public async Task Whoever_got_as_many_as_he_wanted_is_not_idle()
    {
        await TakeAsync();
        await PutAsync("a");
        Assert.Equal([Signal], await SignalsAsync(Me));
        await TakeAsync(1);

        await PutAsync("b");

        Assert.Empty(await SignalsAsync(Me));
    }

    [Fact]
    public async Task A_repeated_put_tells_again_while_its_pieces_are_ready()
    {
        await TakeAsync();
        await TakeAsync(instance: _other);
        await PutAsync("a");
        await PutAsync("a");

        Assert.Equal([Signal, Signal], (await SignalsAsync(Me)).Concat(await SignalsAsync(_other)));
        await TakeAsync(instance: _other);
        await PutAsync("a");
        Assert.Empty((await SignalsAsync(Me)).Concat(await SignalsAsync(_other)));
    }

    [Fact]
    public async Task A_delayed_piece_that_is_due_before_all_others_is_told_of()
    {
        await TakeAsync();
        await PutAsync(Item("a", delay: Long));
        Assert.Equal([Signal], await SignalsAsync(Me));
        await TakeAsync();

        await PutAsync(Item("b", delay: 2 * Long));
        Assert.Empty(await SignalsAsync(Me));
        await PutAsync(Item("c", delay: Long / 2));

        Assert.Equal([Signal], await SignalsAsync(Me));
    }

    [Theory]
    [InlineData(WorkOutcome.Done)]
    [InlineData(WorkOutcome.SetAside)]
    internal async Task The_next_of_a_key_is_told_of(WorkOutcome outcome)
    {
        await PutAsync(Item("a1", "a"), Item("a2", "a"), Item("b", "b"));
        var taken = await TakeAsync(2);
        await TakeAsync(instance: _other);

        await EndAsync(taken[1], outcome);
        Assert.Empty(await SignalsAsync(_other));
        await EndAsync(taken[0], outcome);

        Assert.Equal([Signal], await SignalsAsync(_other));
    }

    [Fact]
    public async Task The_next_of_a_key_is_told_of_when_the_one_before_is_taken_out()
    {
        await PutAsync(Item("a1", "a"), Item("a2", "a"));
        await TakeAsync();

        await Queues.RemoveAsync(Queue, "a1", Cancellation);

        Assert.Equal([Signal], await SignalsAsync(Me));
    }

    [Fact]
    public async Task What_an_operator_wants_now_is_told_of()
    {
        await PutAsync(Item("a", delay: Long));
        await TakeAsync();

        Assert.True(await Queues.RetryNowAsync(Queue, "a", Cancellation));

        Assert.Equal([Signal], await SignalsAsync(Me));
    }

    [Fact]
    public async Task What_is_due_again_later_is_not_told_of()
    {
        await PutAsync("a");
        var taken = Assert.Single(await TakeAsync());

        await EndAsync(taken, WorkOutcome.Failed, Long);

        Assert.Empty(await SignalsAsync(Me));
    }
}
