using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class MessageRecordContract
{
    [Fact]
    public async Task Prepared_messages_past_their_time_out_are_handed_out_longest_first_with_their_database()
    {
        await PrepareAsync("second", TimeSpan.FromMilliseconds(-10));
        await PrepareAsync("first", TimeSpan.FromSeconds(-10), new MessageOrigin(null, ""));
        await PrepareAsync("submitted", TimeSpan.Zero);
        await SubmitAsync("submitted", "01");
        await PrepareAsync("cancelled", TimeSpan.Zero);
        await CancelAsync("cancelled");
        await PrepareAsync("not-yet");

        Assert.Equal("first@", await TakeOverdueAsync(most: 1));
        Assert.Equal("second@main", await TakeOverdueAsync());
        Assert.Equal("", await TakeOverdueAsync());
    }

    [Fact]
    public async Task An_overdue_message_is_handed_out_again_after_the_pause()
    {
        await PrepareAsync("m", TimeSpan.FromMilliseconds(40));

        foreach (var _ in Enumerable.Range(0, 3))
            await UntilAsync(async () => await TakeOverdueAsync(TimeSpan.FromMilliseconds(40)) == "m@main");
        await AssertIsAsync(MessageState.Prepared, "m");
        await SubmitAsync("m", "01");

        Assert.Equal("", await TakeOverdueAsync());
    }

    [Fact]
    public async Task Lists_are_newest_first_in_parts()
    {
        foreach (var id in new[] { "c", "a", "b" })
        {
            await PrepareAsync(id);
            var prepared = (await ReadAsync(id))!.Prepared;

            // The next one comes in a later millisecond.
            await UntilAsync(async () => await NowAsync() > prepared);
        }

        Assert.Equal(["b", "a", "c"], await ListAsync(MessageState.Prepared));
        Assert.Equal(["a"], await ListAsync(MessageState.Prepared, skip: 1, most: 1));
        Assert.Empty(await ListAsync(MessageState.Prepared, skip: 3));
        Assert.Equal(3, await Records.CountAsync(Service, MessageState.Prepared, Cancellation));
    }

    [Fact]
    public async Task Services_do_not_know_each_others_messages()
    {
        await SubmitAsync("m", "01");
        var other = GroupSample.NewService();

        Assert.Null((await Records.ReadAsync(other, [Id("m")], Cancellation))[0]);
        Assert.Empty(await Records.ListAsync(other, MessageState.Submitted, 0, 10, Cancellation));
        Assert.Equal(0, await Records.CountAsync(other, MessageState.Submitted, Cancellation));
    }

    [Fact]
    public async Task A_topic_has_the_groups_that_subscribe_until_they_do_not()
    {
        var topic = GroupSample.NewService();
        var (one, two) = (GroupSample.NewService(), GroupSample.NewService());
        Assert.Empty(await Records.GroupsAsync(topic, Cancellation));

        foreach (var group in new[] { one, two, one })
            await Records.SubscribeAsync(topic, group, Cancellation);
        Assert.Equal(new[] { one, two }.OrderBy(name => name.Text, StringComparer.Ordinal), await Records.GroupsAsync(topic, Cancellation));
        Assert.Contains(topic, await Records.TopicsAsync(Cancellation));

        await Records.UnsubscribeAsync(topic, one, Cancellation);
        await Records.UnsubscribeAsync(topic, one, Cancellation);
        Assert.Equal([two], await Records.GroupsAsync(topic, Cancellation));
        await Records.UnsubscribeAsync(topic, two, Cancellation);
        Assert.Empty(await Records.GroupsAsync(topic, Cancellation));
        Assert.DoesNotContain(topic, await Records.TopicsAsync(Cancellation));
        await Records.UnsubscribeAsync(FatName.Parse("unknown", "topic"), two, Cancellation);
    }

    /// <summary>The server's time, as it puts it into a record of another service.</summary>
    private async Task<DateTimeOffset?> NowAsync()
    {
        var service = GroupSample.NewService();
        await Records.PrepareAsync(service, Id("clock"), Origin, Long, Cancellation);
        return (await Records.ReadAsync(service, [Id("clock")], Cancellation))[0]!.Prepared;
    }
}
