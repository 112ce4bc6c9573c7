using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class MessageRecordContract
{
    [Fact]
    public async Task A_message_lives_from_prepared_to_consumed()
    {
        await PrepareAsync("m");
        var prepared = await AssertIsAsync(MessageState.Prepared, "m");
        Assert.Equal(Origin, prepared.Origin);
        Assert.NotNull(prepared.Prepared);
        Assert.Null(prepared.Submitted);
        Assert.Null(prepared.Ended);
        Assert.Null(prepared.Reason);
        Assert.Empty(prepared.Branches);

        Assert.Equal("", await SubmitAsync("m", "02", "01"));
        var submitted = await AssertIsAsync(MessageState.Submitted, "m");
        Assert.Equal(prepared.Prepared, submitted.Prepared);
        Assert.True(submitted.Submitted >= prepared.Prepared);
        Assert.Null(prepared.SinceSubmitted);
        Assert.InRange(submitted.SinceSubmitted!.Value, TimeSpan.Zero, Long);
        Assert.Equal([new BranchNote("02", BranchState.Waiting, 0, null, null), new BranchNote("01", BranchState.Waiting, 0, null, null)], submitted.Branches);

        await TellAsync("m", "01", BranchState.Waiting, 3, "no answer: 库存 😀 of it");
        var waiting = (await AssertIsAsync(MessageState.Submitted, "m")).Branches[1];
        Assert.Equal(("01", BranchState.Waiting, 3, "no answer: 库存 😀 of it"), (waiting.Branch, waiting.State, waiting.Attempts, waiting.Reason));
        Assert.True(waiting.At >= submitted.Submitted);

        await TellAsync("m", "01", BranchState.Consumed, 4);
        await AssertIsAsync(MessageState.Submitted, "m");
        Assert.Equal("", await TakeEndedAsync());
        await TellAsync("m", "02", BranchState.Consumed);

        var consumed = await AssertIsAsync(MessageState.Consumed, "m");
        Assert.True(consumed.Ended >= consumed.Submitted);
        Assert.All(consumed.Branches, note => Assert.Equal(BranchState.Consumed, note.State));
        Assert.Equal("m@main", await TakeEndedAsync());
        Assert.Equal("", await TakeEndedAsync());
    }

    [Fact]
    public async Task A_message_that_has_ended_is_known_until_its_row_has_gone_and_handed_out_again_after_a_pause()
    {
        await SubmitAsync("m");
        await SubmitAsync("open", "01");
        MessagePlace ended = new(Id("m"), Origin.Database), open = new(Id("open"), Origin.Database);

        Assert.Equal("m@main", await TakeEndedAsync(pause: TimeSpan.FromMilliseconds(50)));
        await UntilAsync(async () => await TakeEndedAsync() == "m@main");
        Assert.Equal("", await TakeEndedAsync());
        Assert.Equal([ended], await Records.EndedAmongAsync(Service, [open, ended], Cancellation));
        await Records.ForgetEndedAsync(Service, [ended, open], Cancellation);
        Assert.Empty(await Records.EndedAmongAsync(Service, [open, ended], Cancellation));
    }

    [Fact]
    public async Task A_message_without_a_database_or_a_preparation_is_one_too()
    {
        var origin = new MessageOrigin(null, "");
        await Records.SubmitAsync(Service, [new SubmittedMessage(Id("m"), origin, ["01"])], Cancellation);
        await TellAsync("m", "01", BranchState.Consumed);

        var record = await AssertIsAsync(MessageState.Consumed, "m");
        Assert.Equal(origin, record.Origin);
        Assert.Null(record.Prepared);
        Assert.Equal("m@", await TakeEndedAsync());
    }

    [Fact]
    public async Task Messages_are_submitted_together_each_as_if_alone()
    {
        await SubmitAsync("half", "01", "02");
        await TellAsync("half", "02", BranchState.Consumed);
        await PrepareAsync("prepared");

        var consumed = await Records.SubmitAsync(
            Service, [new SubmittedMessage(Id("new"), Origin, ["01"]), new SubmittedMessage(Id("half"), Origin, ["01", "02"]), new SubmittedMessage(Id("empty"), Origin, []), new SubmittedMessage(Id("prepared"), Origin, ["01"])],
            Cancellation);

        Assert.Equal([[], ["02"], [], []], consumed);
        foreach (var id in (string[])["new", "half", "prepared"])
            await AssertIsAsync(MessageState.Submitted, id);
        await AssertIsAsync(MessageState.Consumed, "empty");
        Assert.Equal("empty@main", await TakeEndedAsync());
    }

    [Fact]
    public async Task A_message_without_branches_has_ended_with_its_submission()
    {
        await SubmitAsync("m");

        Assert.Empty((await AssertIsAsync(MessageState.Consumed, "m")).Branches);
        Assert.Equal("m@main", await TakeEndedAsync());
    }

    [Fact]
    public async Task Nothing_happens_to_a_message_that_is_there_when_it_is_prepared_again()
    {
        foreach (var id in new[] { "prepared", "submitted", "cancelled" })
            await PrepareAsync(id);
        await SubmitAsync("submitted", "01");
        await CancelAsync("cancelled");
        var before = await Records.ReadAsync(Service, [Id("prepared"), Id("submitted"), Id("cancelled")], Cancellation);

        foreach (var id in new[] { "prepared", "submitted", "cancelled" })
            await PrepareAsync(id, TimeSpan.Zero, new MessageOrigin(null, "another"));

        await AssertIsAsync(MessageState.Prepared, "prepared");
        await AssertIsAsync(MessageState.Submitted, "submitted");
        await AssertIsAsync(MessageState.Cancelled, "cancelled");
        var after = await Records.ReadAsync(Service, [Id("prepared"), Id("submitted"), Id("cancelled")], Cancellation);
        Assert.Equal(before.Select(Comparable), after.Select(Comparable));
        Assert.Equal("", await TakeOverdueAsync());

        static MessageRecord Comparable(MessageRecord? record) => record! with { Branches = [], SinceSubmitted = null };
    }

    [Fact]
    public async Task A_repeated_submission_changes_nothing_and_tells_what_is_consumed()
    {
        await SubmitAsync("m", "01", "02", "03");
        await TellAsync("m", "03", BranchState.Consumed);
        await TellAsync("m", "01", BranchState.Consumed);
        var before = await ReadAsync("m");

        Assert.Equal("01 03", await SubmitAsync("m", "another"));

        var after = await AssertIsAsync(MessageState.Submitted, "m");
        Assert.Equal(before!.Branches, after.Branches);
        Assert.Equal(before.Submitted, after.Submitted);
        await TellAsync("m", "02", BranchState.Consumed);
        Assert.Equal("01 02 03", await SubmitAsync("m", "01", "02", "03"));
        await AssertIsAsync(MessageState.Consumed, "m");
        Assert.Equal("m@main", await TakeEndedAsync());
    }

    [Fact]
    public async Task A_message_that_was_rolled_back_is_cancelled_with_its_first_reason()
    {
        await PrepareAsync("m");
        await CancelAsync("m", "no row");
        await CancelAsync("m", "another reason");

        var record = await AssertIsAsync(MessageState.Cancelled, "m");
        Assert.Equal("no row", record.Reason);
        Assert.NotNull(record.Ended);
        Assert.Equal("", await TakeEndedAsync());
    }

    [Fact]
    public async Task Nothing_happens_to_a_message_that_is_not_there_when_it_is_cancelled()
    {
        await CancelAsync("m");

        Assert.Null(await ReadAsync("m"));
        Assert.Empty(await ListAsync(MessageState.Cancelled));
    }

    [Fact]
    public async Task Nothing_happens_to_a_message_that_is_submitted_when_it_is_cancelled()
    {
        await SubmitAsync("open", "01");
        await SubmitAsync("failed", "01");
        await TellAsync("failed", "01", BranchState.Failed);
        await SubmitAsync("consumed", "01");
        await TellAsync("consumed", "01", BranchState.Consumed);

        foreach (var (id, state) in new[] { ("open", MessageState.Submitted), ("failed", MessageState.Failed), ("consumed", MessageState.Consumed) })
        {
            await CancelAsync(id);
            Assert.Null((await AssertIsAsync(state, id)).Reason);
        }
    }

    [Fact]
    public async Task A_later_submission_turns_a_cancelled_message()
    {
        await PrepareAsync("m");
        await CancelAsync("m", "no row");

        Assert.Equal("", await SubmitAsync("m", "01"));

        var record = await AssertIsAsync(MessageState.Submitted, "m");
        Assert.Null(record.Ended);
        Assert.Null(record.Reason);
        await TellAsync("m", "01", BranchState.Consumed);
        await AssertIsAsync(MessageState.Consumed, "m");
        Assert.Equal("m@main", await TakeEndedAsync());
    }

    [Fact]
    public async Task A_message_that_was_lost_is_there_again_with_its_next_submission()
    {
        await SubmitAsync("m", "01");
        await LoseAsync();
        Assert.Null(await ReadAsync("m"));
        await TellAsync("m", "01", BranchState.Waiting, 2, "passed over");
        Assert.Null(await ReadAsync("m"));
        Assert.Equal(0, await Records.CountAsync(Service, MessageState.Submitted, Cancellation));

        await SubmitAsync("m", "01");

        Assert.Null((await AssertIsAsync(MessageState.Submitted, "m")).Branches[0].At);
    }

    [Theory]
    [InlineData("prepared")]
    [InlineData("ended")]
    [InlineData("asked")]
    [InlineData("databases")]
    public async Task No_id_of_a_message_disturbs_anything(string id)
    {
        await PrepareAsync(id);
        await PrepareAsync("m", TimeSpan.Zero);
        await SubmitAsync(id, "01");
        await TellAsync(id, "01", BranchState.Consumed);

        await AssertIsAsync(MessageState.Consumed, id);
        await AssertIsAsync(MessageState.Prepared, "m");
        Assert.Equal("m@main", await TakeOverdueAsync());
        Assert.Equal($"{id}@main", await TakeEndedAsync());
    }
}
