using Fat.Protocol;
using static Fat.Core.Tests.Protocol.Sample;

namespace Fat.Core.Tests.Protocol;

/// <summary>Calls, branches and votes of a group that is not decided yet.</summary>
public sealed class TransitionTests
{
    [Fact]
    public void A_group_begins_running_and_knows_nothing()
    {
        Assert.Equal(GroupPhase.Running, Running.Phase);
        Assert.Empty(Running.Calls);
        Assert.Empty(Running.Branches);
        Assert.Null(Running.Abort);
    }

    [Fact]
    public void A_call_that_began_holds_the_commit_until_it_is_answered()
    {
        var began = After(Began("1"));
        Assert.False(began.CanCommit);
        Assert.Equal([Call("1")], began.PendingCalls);

        var answered = began.Then(Answered("1-0000000a"));
        Assert.True(answered.CanCommit);
        Assert.Empty(answered.PendingCalls);
        Assert.Equal(Scope("1-0000000a"), answered.Calls[Call("1")].Scope);
    }

    [Fact]
    public void A_call_to_a_stranger_is_answered_without_a_scope()
    {
        var state = After(Began("1"), new GroupEvent.CallAnswered(Call("1"), null, [], []));

        Assert.True(state.CanCommit);
        Assert.Null(state.Calls[Call("1")].Scope);
    }

    [Fact]
    public void A_branch_holds_the_commit_until_it_votes()
    {
        var opened = After(Opened("0-0000000a-1"));
        Assert.False(opened.CanCommit);
        Assert.Equal([Branch("0-0000000a-1")], opened.MissingVotes);

        Assert.True(opened.Then(Voted("0-0000000a-1")).CanCommit);
        Assert.True(opened.Then(Voted("0-0000000a-1", Vote.ReadOnly)).CanCommit);
    }

    [Fact]
    public void A_branch_that_wrote_nothing_is_not_part_of_the_commit()
    {
        var state = After(Opened("0-0000000a-1"), Opened("0-0000000a-2"), Voted("0-0000000a-1", Vote.ReadOnly), Voted("0-0000000a-2"));

        Assert.Equal([Branch("0-0000000a-2")], state.CommitSet.Select(branch => branch.Id));
    }

    [Fact]
    public void A_vote_never_goes_back()
    {
        var prepared = After(Opened("0-0000000a-1"), Voted("0-0000000a-1"));

        Assert.Equal(prepared, prepared.Then(Voted("0-0000000a-1", Vote.Pending)));
        Assert.Equal(prepared, prepared.Then(Voted("0-0000000a-1", Vote.ReadOnly)));
        Assert.Equal(prepared, prepared.Then(Opened("0-0000000a-1")));
    }

    [Fact]
    public void A_vote_of_a_branch_that_nobody_knows_changes_nothing() =>
        Assert.Equal(Running, After(Voted("0-0000000a-1")));

    [Fact]
    public void A_branch_with_the_decision_row_is_its_own_commit_and_leaves_the_set()
    {
        var state = After(Opened("0-0000000a-1"), CommitPoint("0-0000000a-1"));

        Assert.True(state.CanCommit);
        Assert.Empty(state.Branches);
        Assert.Equal(state, state.Then(CommitPoint("0-0000000a-1")));
    }

    [Fact]
    public void An_answer_brings_the_branches_of_the_whole_subtree()
    {
        var state = After(Began("1"), Answered("1-0000000a", Prepared("1-0000000a-1"), Pending("1.1-0000000b-1")));

        Assert.Equal(2, state.Branches.Count);
        Assert.Equal([Branch("1.1-0000000b-1")], state.MissingVotes);
        Assert.False(state.CanCommit);
        Assert.True(state.Then(Voted("1.1-0000000b-1")).CanCommit);
    }

    [Fact]
    public void An_answer_names_calls_that_are_still_to_be_waited_for()
    {
        var state = After(Began("1"), AnsweredWithPending("1-0000000a", "1.1"));

        Assert.False(state.CanCommit);
        Assert.Equal([Call("1.1")], state.PendingCalls);
        Assert.True(state.Then(Answered("1.1-0000000b")).CanCommit);
    }

    [Fact]
    public void A_second_answer_to_a_call_is_a_duplicates_and_is_ignored()
    {
        var first = After(Began("1"), Answered("1-0000000a", Prepared("1-0000000a-1")));

        Assert.Equal(first, first.Then(Answered("1-0000000d", Prepared("1-0000000d-1"))));
    }

    [Fact]
    public void An_answer_to_a_call_that_was_never_made_is_ignored() =>
        Assert.Equal(Running, After(Answered("1-0000000a", Prepared("1-0000000a-1"))));

    [Fact]
    public void A_failed_call_aborts_the_group_with_its_reason()
    {
        var state = After(Began("1"), Failed("1"));

        Assert.Equal(Reason, state.Abort);
        Assert.False(state.CanCommit);
    }

    [Fact]
    public void A_call_that_failed_and_then_answers_leaves_the_group_aborted() =>
        Assert.Equal(Reason, After(Began("1"), Failed("1"), Answered("1-0000000a")).Abort);

    [Fact]
    public void A_failure_told_after_the_answer_is_not_a_failure()
    {
        var answered = After(Began("1"), Answered("1-0000000a"));

        Assert.Equal(answered, answered.Then(Failed("1")));
    }

    [Fact]
    public void The_first_failure_is_the_reason_and_stays()
    {
        var second = AbortReason.Of("accounts", "Pay", "No money.");

        Assert.Equal(Reason, After(AbortAsked(), AbortAsked(second)).Abort);
        Assert.Equal(Reason, After(Began("1"), Failed("1"), AbortAsked(second)).Abort);
        Assert.Equal(second, After(AbortAsked(second), Began("1"), Failed("1")).Abort);
        Assert.Equal(Reason, After(AbortAsked(), Read(new GroupSnapshot { Abort = second })).Abort);
    }

    [Fact]
    public void A_call_cannot_begin_twice()
    {
        var answered = After(Began("1"), Answered("1-0000000a", Prepared("1-0000000a-1")));

        Assert.Equal(answered, answered.Then(Began("1")));
    }
}
