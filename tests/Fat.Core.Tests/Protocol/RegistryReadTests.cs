using Fat.Protocol;
using static Fat.Core.Tests.Protocol.Sample;

namespace Fat.Core.Tests.Protocol;

/// <summary>The registry adds to the known set and never takes from it (rules S2, S6), and duplicates stay out (rule S8).</summary>
public sealed class RegistryReadTests
{
    [Fact]
    public void A_branch_that_has_become_the_commit_point_is_not_waited_for_again()
    {
        var joined = new BranchVote(Branch("1-0000000a-1"), There, Vote.Joined);
        var state = After(Began("1"), Answered("1-0000000a", joined), Returned, CommitPoint("1-0000000a-1"));
        Assert.True(state.CanCommit);

        // The registry has heard of it when its call ended, and hears no vote of it.
        var read = state.Then(Read(joined));
        Assert.True(read.CanCommit);
        Assert.Empty(read.CommitSet);
    }

    [Fact]
    public void A_vote_that_came_through_the_registry_counts()
    {
        var state = After(Began("1"), Answered("1-0000000a", Pending("1-0000000a-1")), Read(Prepared("1-0000000a-1")));

        Assert.True(state.CanCommit);
        Assert.Equal([Branch("1-0000000a-1")], state.CommitSet.Select(branch => branch.Id));
    }

    [Fact]
    public void A_vote_that_the_registry_has_lost_still_counts()
    {
        var state = After(Began("1"), Answered("1-0000000a", Prepared("1-0000000a-1")));

        Assert.Equal(state, state.Then(Read(Pending("1-0000000a-1"))));
        Assert.Equal(state, state.Then(Read()));
    }

    [Fact]
    public void A_branch_that_only_the_registry_knows_is_waited_for()
    {
        var state = After(Began("1"), Answered("1-0000000a"), Returned, Read(Pending("1-0000000a-2")));

        Assert.False(state.CanCommit);
        Assert.Equal([Branch("1-0000000a-2")], state.MissingVotes);
    }

    [Fact]
    public void An_abort_in_the_registry_aborts() =>
        Assert.Equal(Reason, After(Returned, Read(new GroupSnapshot { Abort = Reason })).Abort);

    [Fact]
    public void A_roll_back_by_recovery_aborts_and_says_who_did_it() =>
        Assert.Equal("recovery", After(Returned, Read(new GroupSnapshot { Decision = DecisionRecord.RolledBack })).Abort!.Service);

    [Fact]
    public void A_commit_in_the_registry_decides_nothing()
    {
        var state = After(Opened("0-0000000a-1"), Returned, Read(new GroupSnapshot { Decision = new DecisionRecord(Decision.Committed, []) }));

        Assert.Equal(GroupPhase.Waiting, state.Phase);
        Assert.False(state.CanCommit);
    }

    [Fact]
    public void A_scope_that_closed_answers_its_call()
    {
        var state = After(Began("1"), Read(Snapshot(Prepared("1-0000000a-1")) with { Scopes = [Closed("1-0000000a").Naming("1-0000000a-1")] }));

        Assert.True(state.CanCommit);
        Assert.Equal([Branch("1-0000000a-1")], state.CommitSet.Select(branch => branch.Id));
    }

    [Fact]
    public void A_scope_that_closed_names_the_calls_below_it()
    {
        var state = After(Began("1"), Read(new GroupSnapshot { Scopes = [Closed("1-0000000a", "1.1")] }));

        Assert.Equal([Call("1.1")], state.PendingCalls);
        Assert.True(state.Then(Read(new GroupSnapshot { Scopes = [Closed("1-0000000a", "1.1"), Closed("1.1-0000000b")] })).CanCommit);
    }

    /// <summary>Found by the simulation: the call below ran twice, and the registry had seen the other execution first.</summary>
    [Fact]
    public void A_scope_that_closed_names_the_execution_below_it_that_counts()
    {
        var state = After(Began("1"), Read(Snapshot(Prepared("1-0000000a-1"), Prepared("1.1-0000000b-1"), Prepared("1.1-0000000d-1")) with
        {
            Scopes = [Closed("1-0000000a").Naming("1-0000000a-1", "1.1-0000000b-1"), Open("1.1-0000000d")],
        }));

        Assert.True(state.CanCommit);
        Assert.Equal([Branch("1-0000000a-1"), Branch("1.1-0000000b-1")], state.CommitSet.Select(branch => branch.Id));
    }

    [Fact]
    public void A_scope_that_closed_does_not_answer_while_the_registry_has_lost_a_branch_that_it_named() =>
        Assert.False(After(Began("1"), Read(new GroupSnapshot { Scopes = [Closed("1-0000000a").Naming("1-0000000a-1")] })).CanCommit);

    [Fact]
    public void A_scope_that_is_open_does_not_answer_its_call() =>
        Assert.False(After(Began("1"), Read(new GroupSnapshot { Scopes = [Open("1-0000000a")] })).CanCommit);

    [Fact]
    public void A_closed_scope_of_a_call_that_was_never_made_is_ignored() =>
        Assert.Equal(Running, After(Read(new GroupSnapshot { Scopes = [Closed("1-0000000a")] })));

    [Fact]
    public void A_duplicates_branch_is_not_added_once_the_call_is_answered()
    {
        var state = After(Began("1"), Answered("1-0000000a", Prepared("1-0000000a-1")));

        Assert.Equal(state, state.Then(Read(Prepared("1-0000000d-1"))));
    }

    [Fact]
    public void A_duplicates_branch_below_the_call_is_not_added_either()
    {
        var state = After(Began("1"), Answered("1-0000000a", Prepared("1.1-0000000b-1")));

        Assert.Equal(state, state.Then(Read(Prepared("1.1-0000000d-1"))));
    }

    [Fact]
    public void A_branch_of_another_root_is_not_added() =>
        Assert.Equal(Running, After(Read(Prepared("0-0000000d-1"))));

    [Fact]
    public void A_duplicates_branch_that_the_registry_told_first_leaves_when_the_reply_names_the_execution_that_counts()
    {
        var state = After(
            Began("1"), Returned, Read(Prepared("1-0000000d-1")),
            Answered("1-0000000a", Prepared("1-0000000a-1")));

        Assert.Equal([Branch("1-0000000a-1")], state.CommitSet.Select(branch => branch.Id));
    }

    [Fact]
    public void A_duplicates_branch_that_the_registry_told_first_leaves_when_the_scope_that_owns_the_call_closes()
    {
        var state = After(
            Began("1"), Returned, Read(Snapshot(Prepared("1-0000000d-1")) with { Scopes = [Open("1-0000000a")] }),
            Read(Snapshot(Prepared("1-0000000d-1"), Prepared("1-0000000a-1")) with { Scopes = [Closed("1-0000000a").Naming("1-0000000a-1")] }));

        Assert.Equal([Branch("1-0000000a-1")], state.CommitSet.Select(branch => branch.Id));
    }

    [Fact]
    public void A_reply_takes_nothing_away_that_is_not_below_its_call()
    {
        var state = After(
            Opened("0-0000000a-1"), Began("1"), Began("2"), Answered("2-0000000b", Prepared("2-0000000b-1")),
            Answered("1-0000000c", Prepared("0-0000000d-1"), Prepared("2-0000000d-1")));

        Assert.Equal([Branch("0-0000000a-1")], state.MissingVotes);
        Assert.Contains(Branch("2-0000000b-1"), state.Branches.Keys);
    }

    [Fact]
    public void A_duplicates_branch_below_the_call_leaves_when_the_reply_names_the_execution_that_counts()
    {
        var state = After(
            Began("1"), Returned, Read(Pending("1.1-0000000d-1")),
            Answered("1-0000000a", Prepared("1-0000000a-1"), Prepared("1.1-0000000b-1")));

        Assert.Equal([Branch("1-0000000a-1"), Branch("1.1-0000000b-1")], state.CommitSet.Select(branch => branch.Id).OrderBy(id => id.Text, StringComparer.Ordinal));
        Assert.True(state.CanCommit);
    }
}
