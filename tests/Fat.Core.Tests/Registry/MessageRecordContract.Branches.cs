using System.Globalization;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class MessageRecordContract
{
    [Fact]
    public async Task A_message_with_a_failed_branch_has_failed_until_no_branch_has()
    {
        await SubmitAsync("m", "01", "02", "03");
        await TellAsync(News("m", "01", BranchState.Failed, 5, "bad request"), News("m", "02", BranchState.Failed), News("m", "03", BranchState.Consumed));
        var failed = await AssertIsAsync(MessageState.Failed, "m");
        Assert.Equal(("bad request", 5, BranchState.Failed), (failed.Branches[0].Reason, failed.Branches[0].Attempts, failed.Branches[0].State));
        Assert.Null(failed.Ended);

        await TellAsync("m", "01", BranchState.Waiting, 6);
        await AssertIsAsync(MessageState.Failed, "m");
        await TellAsync("m", "02", BranchState.Waiting, 2);
        await AssertIsAsync(MessageState.Submitted, "m");
        await TellAsync(News("m", "01", BranchState.Consumed), News("m", "02", BranchState.Consumed));

        await AssertIsAsync(MessageState.Consumed, "m");
    }

    [Theory]
    [InlineData(BranchState.Waiting)]
    [InlineData(BranchState.Failed)]
    [InlineData(BranchState.Cancelled)]
    internal async Task A_consumed_branch_stays_consumed(BranchState later)
    {
        await SubmitAsync("m", "01", "02");
        await TellAsync("m", "01", BranchState.Consumed, 2);
        await TellAsync("m", "01", later, 3, "late");

        var note = (await AssertIsAsync(MessageState.Submitted, "m")).Branches[0];
        Assert.Equal((BranchState.Consumed, 2, null), (note.State, note.Attempts, note.Reason));
        await TellAsync("m", "02", BranchState.Consumed);
        await TellAsync("m", "02", later);
        await AssertIsAsync(MessageState.Consumed, "m");
        Assert.Equal("m@main", await TakeEndedAsync());
    }

    [Fact]
    public async Task A_message_of_consumed_and_cancelled_branches_has_ended_as_consumed()
    {
        await SubmitAsync("m", "01", "02");
        await TellAsync("m", "01", BranchState.Failed);
        await TellAsync("m", "02", BranchState.Consumed);
        await TellAsync("m", "01", BranchState.Cancelled, 1, "by an operator");

        Assert.Equal("by an operator", (await AssertIsAsync(MessageState.Consumed, "m")).Branches[0].Reason);
        Assert.Equal("m@main", await TakeEndedAsync());
    }

    [Fact]
    public async Task A_message_all_of_whose_branches_are_cancelled_has_ended_as_cancelled()
    {
        await SubmitAsync("m", "01", "02");
        await TellAsync(News("m", "01", BranchState.Cancelled), News("m", "02", BranchState.Cancelled));

        Assert.NotNull((await AssertIsAsync(MessageState.Cancelled, "m")).Ended);
        Assert.Equal("", await SubmitAsync("m", "01", "02"));
        await AssertIsAsync(MessageState.Cancelled, "m");
        Assert.Equal("m@main", await TakeEndedAsync());
    }

    [Fact]
    public async Task A_cancelled_branch_can_only_turn_out_to_be_consumed()
    {
        await SubmitAsync("m", "01", "02");
        await TellAsync("m", "01", BranchState.Cancelled);
        await TellAsync("m", "01", BranchState.Waiting, 2);
        await TellAsync("m", "01", BranchState.Failed, 3);
        Assert.Equal(BranchState.Cancelled, (await AssertIsAsync(MessageState.Submitted, "m")).Branches[0].State);
        await TellAsync("m", "02", BranchState.Cancelled);
        var ended = (await AssertIsAsync(MessageState.Cancelled, "m")).Ended;

        await TellAsync("m", "01", BranchState.Consumed, 4);

        Assert.Equal(ended, (await AssertIsAsync(MessageState.Consumed, "m")).Ended);
        Assert.Equal("m@main", await TakeEndedAsync());
    }

    [Theory]
    [InlineData(BranchState.Waiting, BranchState.Failed, MessageState.Failed)]
    [InlineData(BranchState.Failed, BranchState.Waiting, MessageState.Submitted)]
    internal async Task What_an_earlier_hold_came_to_is_old(BranchState earlier, BranchState later, MessageState state)
    {
        await SubmitAsync("m", "01");
        var (first, second) = (News("m", "01", earlier, 2, "earlier") with { Fence = 1_800_000_000_000_000 }, News("m", "01", later, 1, "later") with { Fence = 1_800_000_000_000_001 });
        await TellAsync(second);

        await TellAsync(first);
        Assert.Equal("later", (await AssertIsAsync(state, "m")).Branches[0].Reason);
        await TellAsync(second with { Reason = "said again" });
        Assert.Equal("said again", (await AssertIsAsync(state, "m")).Branches[0].Reason);

        await TellAsync(first with { State = BranchState.Consumed });
        await AssertIsAsync(MessageState.Consumed, "m");
    }

    [Fact]
    public async Task What_no_hold_came_to_is_news_whatever_the_holds_have_told()
    {
        await SubmitAsync("m", "01", "02");
        await TellAsync(News("m", "01", BranchState.Failed) with { Fence = 5 }, News("m", "02", BranchState.Waiting) with { Fence = 5 });

        await TellAsync("m", "01", BranchState.Cancelled);
        await TellAsync("m", "02", BranchState.Consumed);

        await AssertIsAsync(MessageState.Consumed, "m");
    }

    [Fact]
    public async Task News_of_many_messages_are_told_together_and_what_is_not_there_is_passed_over()
    {
        var ids = Enumerable.Range(0, 150).Select(number => $"m{number}").ToArray();
        foreach (var id in ids)
            await SubmitAsync(id, "01");

        await TellAsync([News("unknown", "01", BranchState.Consumed), .. ids.Select(id => News(id, "01", BranchState.Consumed))]);

        Assert.Equal(150, await Records.CountAsync(Service, MessageState.Consumed, Cancellation));
        Assert.Equal(0, await Records.CountAsync(Service, MessageState.Submitted, Cancellation));
        Assert.All(await Records.ReadAsync(Service, [.. ids.Select(Id)], Cancellation), record => Assert.Equal(MessageState.Consumed, record!.State));
        Assert.Null(await ReadAsync("unknown"));
        var ended = (await TakeEndedAsync(100)).Split(' ');
        Assert.Equal(100, ended.Length);
        Assert.Equal(ids.Select(id => $"{id}@main").Order(StringComparer.Ordinal), ended.Concat((await TakeEndedAsync(100)).Split(' ')).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task News_of_different_kinds_are_told_together_each_as_if_alone()
    {
        foreach (var id in new[] { "consumed", "failed", "cancelled", "half", "ended" })
            await SubmitAsync(id, "01", "02");
        await TellAsync([News("ended", "01", BranchState.Consumed), News("ended", "02", BranchState.Cancelled)]);
        Assert.Equal("ended@main", await TakeEndedAsync());

        await TellAsync(
            News("consumed", "01", BranchState.Consumed), News("failed", "02", BranchState.Failed), News("cancelled", "01", BranchState.Cancelled), News("half", "02", BranchState.Consumed),
            News("ended", "02", BranchState.Consumed), News("cancelled", "02", BranchState.Cancelled), News("consumed", "02", BranchState.Consumed));

        foreach (var (state, id) in new[] { (MessageState.Consumed, "consumed"), (MessageState.Failed, "failed"), (MessageState.Cancelled, "cancelled"), (MessageState.Submitted, "half"), (MessageState.Consumed, "ended") })
            await AssertIsAsync(state, id);
        Assert.Equal(["cancelled@main", "consumed@main"], (await TakeEndedAsync()).Split(' ').Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_message_may_have_more_branches_than_a_script_has_room_for_at_once()
    {
        string[] branches = [.. Enumerable.Range(1, 9_000).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        await SubmitAsync("m", branches);
        await TellAsync("m", branches[^1], BranchState.Consumed);

        await AssertIsAsync(MessageState.Submitted, "m");
        Assert.Equal(branches[^1], await SubmitAsync("m", branches));
    }

    [Fact]
    public async Task Nothing_told_is_nothing()
    {
        await TellAsync();

        Assert.Empty(await Records.ReadAsync(Service, [], Cancellation));
    }

    [Fact]
    public async Task A_record_expires_when_it_was_kept_for_long_enough()
    {
        await SubmitAsync("m", "01");
        await Records.TellAsync(Service, [News("m", "01", BranchState.Consumed)], TimeSpan.FromMilliseconds(60), Cancellation);

        await UntilAsync(async () => await ReadAsync("m") is null);

        Assert.Equal(["m"], await ListAsync(MessageState.Consumed));
        Assert.Equal("m@main", await TakeEndedAsync());
        await PrepareAsync("m");
        await AssertIsAsync(MessageState.Prepared, "m");
    }

    [Fact]
    public async Task Reasons_are_cut_between_characters()
    {
        var (given, kept) = (new string('x', 999) + "😀 and more", new string('x', 999));
        await SubmitAsync("m", "01");
        await TellAsync("m", "01", BranchState.Failed, 1, given);
        await PrepareAsync("c");
        await CancelAsync("c", given);

        Assert.Equal(kept, (await ReadAsync("m"))!.Branches[0].Reason);
        Assert.Equal(kept, (await ReadAsync("c"))!.Reason);
    }
}
