using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class GroupRegistryContract
{
    [Fact]
    public async Task Messages_come_in_order_and_once_and_to_their_own_inbox()
    {
        var (one, other) = (GroupSample.NewInstance("orders"), GroupSample.NewInstance("orders"));
        var messages = ReadyMessages(5);
        await Registry.PushAsync(one, messages[..2], Cancellation);
        await Registry.PushAsync(one, messages[2..], Cancellation);

        Assert.Empty(await InboxAsync(other));
        Assert.Equal(messages, await InboxAsync(one));
        Assert.Empty(await InboxAsync(one));
    }

    [Fact]
    public async Task A_backlog_comes_in_batches()
    {
        var instance = GroupSample.NewInstance("orders");
        var messages = ReadyMessages(RegistryLimits.MessagesPerReceive + 10);
        await Registry.PushAsync(instance, messages, Cancellation);

        var first = await Registry.ReceiveAsync(instance, Long, Cancellation);
        var second = await Registry.ReceiveAsync(instance, Long, Cancellation);

        Assert.Equal(RegistryLimits.MessagesPerReceive, first.Count);
        Assert.Equal(messages, [.. first, .. second]);
    }

    [Fact]
    public async Task Nothing_pushed_is_nothing()
    {
        var instance = GroupSample.NewInstance("orders");

        await Registry.PushAsync(instance, [], Cancellation);

        Assert.Empty(await InboxAsync(instance));
    }

    [Fact]
    public async Task A_receive_waits_for_as_long_as_it_was_told()
    {
        var instance = GroupSample.NewInstance("orders");
        var wait = TimeSpan.FromMilliseconds(150);
        var began = TimeProvider.System.GetTimestamp();

        var received = await Registry.ReceiveAsync(instance, wait, Cancellation);

        Assert.Empty(received);
        // Servers count in whole milliseconds.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), wait - TimeSpan.FromMilliseconds(5), Long);
    }

    [Fact]
    public async Task A_push_wakes_a_receive()
    {
        var instance = GroupSample.NewInstance("orders");
        var messages = ReadyMessages(1);
        var began = TimeProvider.System.GetTimestamp();
        var receiving = Registry.ReceiveAsync(instance, Long, Cancellation).AsTask();

        await OpenAnother().PushAsync(instance, messages, Cancellation);

        Assert.Equal(messages, await receiving);
        Assert.True(TimeProvider.System.GetElapsedTime(began) < Long);
    }

    [Fact]
    public async Task A_cancelled_receive_ends_and_what_comes_after_it_is_received_by_the_next()
    {
        var instance = GroupSample.NewInstance("orders");
        var messages = ReadyMessages(3);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var receiving = Registry.ReceiveAsync(instance, Long, cancellation.Token).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        await Registry.PushAsync(instance, messages, Cancellation);

        Assert.Equal(messages, await Registry.ReceiveAsync(instance, Long, Cancellation));
    }

    [Fact]
    public async Task A_receive_after_a_cancelled_one_waits_no_longer_than_it_was_told()
    {
        var instance = GroupSample.NewInstance("orders");
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var receiving = Registry.ReceiveAsync(instance, Long, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        var began = TimeProvider.System.GetTimestamp();

        Assert.Empty(await Registry.ReceiveAsync(instance, TimeSpan.FromMilliseconds(20), Cancellation));

        Assert.True(TimeProvider.System.GetElapsedTime(began) < Long / 2);
    }

    [Fact]
    public async Task Every_kind_of_message_arrives_as_it_was_sent()
    {
        var instance = GroupSample.NewInstance("orders");
        var gid = new GroupSample().Gid;
        var child = new ChildSample("1.2.3", "accounts");
        var decision = GroupSample.Commit(child.Prepared, child.Voting(Vote.ReadOnly));
        var reason = new AbortReason("stock", "Reserve", "库存不足 😀\n\"");
        var queue = QueueName.Deliveries(GroupSample.NewService(), GroupSample.NewService());

        await Registry.PushAsync(
            instance,
            [
                new InboxMessage.Ready(gid, []), new InboxMessage.AbortAsked(gid, reason), new InboxMessage.Decided(gid, decision), new InboxMessage.Decided(gid, DecisionRecord.RolledBack),
                new InboxMessage.Prepare(gid, [child.Voting(Vote.Joined)]), new InboxMessage.Work(queue),
            ],
            Cancellation);
        var received = await InboxAsync(instance);

        Assert.Equal(6, received.Count);
        Assert.Equal(new InboxMessage.Ready(gid, []), received[0]);
        Assert.Equal(new InboxMessage.AbortAsked(gid, reason), received[1]);
        var committed = Assert.IsType<InboxMessage.Decided>(received[2]).Decision;
        Assert.Equal(Decision.Committed, committed.Decision);
        Assert.Equal(decision.Branches, committed.Branches);
        var rolledBack = Assert.IsType<InboxMessage.Decided>(received[3]).Decision;
        Assert.Equal(Decision.RolledBack, rolledBack.Decision);
        Assert.Empty(rolledBack.Branches);
        Assert.Equal(child.Voting(Vote.Joined), Assert.Single(Assert.IsType<InboxMessage.Prepare>(received[4]).Branches));
        Assert.Equal(new InboxMessage.Work(queue), received[5]);
    }

    [Fact]
    public async Task An_inbox_that_nobody_empties_keeps_the_newest_messages()
    {
        var (group, child) = (new GroupSample(), new ChildSample("1"));
        var messages = ReadyMessages(RegistryLimits.LongestList + 2);
        foreach (var part in messages.Chunk(1000))
            await Registry.PushAsync(child.Instance, part, Cancellation);

        // Told by the script for several inboxes, which has the same bound.
        await Registry.PublishAsync(group.Gid, GroupSample.Commit(child.Prepared), Cancellation);
        var kept = new List<InboxMessage>();
        while (await InboxAsync(child.Instance) is { Count: > 0 } received)
            kept.AddRange(received);

        Assert.Equal(RegistryLimits.LongestList, kept.Count);
        Assert.Equal(messages[3..], kept[..^1]);
        AssertDecided(group, Decision.Committed, [child.Prepared], [kept[^1]]);
    }

    private static List<InboxMessage> ReadyMessages(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new InboxMessage.Ready(new GroupSample().Gid, []))];
}
