using Fat.Protocol;
using static Fat.Core.Tests.Protocol.Sample;

namespace Fat.Core.Tests.Protocol;

/// <summary>The state table: every event in every phase.</summary>
public sealed class PhaseTests
{
    private static readonly AbortReason Other = AbortReason.Of("accounts", "Pay", "No money.");

    public static TheoryData<string> Phases => [.. Enum.GetNames<GroupPhase>()];

    public static TheoryData<string> Sealed => [.. Enum.GetNames<GroupPhase>().Where(phase => phase != nameof(GroupPhase.Running))];

    public static TheoryData<string> Late => [.. Enum.GetNames<GroupPhase>().Where(phase => phase is not (nameof(GroupPhase.Running) or nameof(GroupPhase.Waiting)))];

    [Theory]
    [MemberData(nameof(Phases))]
    public void Every_phase_is_reached_by_events(string phase) => Assert.Equal(Phase(phase), In(Phase(phase)).Phase);

    [Fact]
    public void While_the_method_runs_calls_and_branches_join()
    {
        var state = In(GroupPhase.Running).Then(Began("1"), Opened("0-0000000a-2"));

        Assert.Single(state.Calls);
        Assert.Equal(2, state.Branches.Count);
    }

    [Theory]
    [MemberData(nameof(Sealed))]
    public void Once_the_method_has_returned_no_call_joins(string phase)
    {
        var error = Assert.Throws<InvalidOperationException>(() => In(Phase(phase)).Then(Began("1")));
        Assert.Contains("Await every call", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Sealed))]
    public void Once_the_method_has_returned_no_branch_joins(string phase) =>
        Assert.Throws<InvalidOperationException>(() => In(Phase(phase)).Then(Opened("0-0000000a-2")));

    [Theory]
    [MemberData(nameof(Sealed))]
    public void The_method_returns_once(string phase)
    {
        var state = In(Phase(phase));

        Assert.Equal(state, state.Then(Returned));
    }

    [Fact]
    public void A_returned_method_makes_the_group_wait() => Assert.Equal(GroupPhase.Waiting, Running.Then(Returned).Phase);

    [Theory]
    [InlineData(nameof(GroupPhase.Running))]
    [InlineData(nameof(GroupPhase.Waiting))]
    public void An_abort_ends_an_undecided_group(string phase)
    {
        var state = In(Phase(phase)).Then(AbortAsked());

        Assert.Equal(Reason, state.Abort);
        Assert.False(state.CanCommit);
        Assert.Equal(Phase(phase), state.Phase);
    }

    [Theory]
    [MemberData(nameof(Late))]
    public void Once_the_decision_is_being_written_an_abort_comes_too_late(string phase)
    {
        var state = In(Phase(phase));

        Assert.Equal(state, state.Then(AbortAsked(Other)));
        Assert.Equal(state, state.Then(Failed("7")));
        Assert.Equal(state, state.Then(Read(new GroupSnapshot { Abort = Other })));
        Assert.Equal(state, state.Then(Read(new GroupSnapshot { Decision = DecisionRecord.RolledBack })));
    }

    [Fact]
    public void Only_a_waiting_group_is_decided()
    {
        Assert.Equal(GroupPhase.Deciding, In(GroupPhase.Waiting).Then(Deciding).Phase);
        foreach (var phase in Enum.GetValues<GroupPhase>().Where(phase => phase != GroupPhase.Waiting))
            Assert.Throws<InvalidOperationException>(() => In(phase).Then(Deciding));
    }

    [Fact]
    public void A_group_with_a_missing_vote_is_not_decided() =>
        Assert.Throws<InvalidOperationException>(() => After(Opened("0-0000000a-1"), Returned, Deciding));

    [Fact]
    public void A_group_with_an_open_call_is_not_decided() =>
        Assert.Throws<InvalidOperationException>(() => After(Began("1"), Returned, Deciding));

    [Fact]
    public void An_aborted_group_is_not_decided() =>
        Assert.Throws<InvalidOperationException>(() => In(GroupPhase.Waiting).Then(AbortAsked(), Deciding));

    [Theory]
    [InlineData(nameof(DecisionResult.Committed), nameof(GroupPhase.Committed))]
    [InlineData(nameof(DecisionResult.RolledBackByRecovery), nameof(GroupPhase.RolledBack))]
    [InlineData(nameof(DecisionResult.Failed), nameof(GroupPhase.RolledBack))]
    [InlineData(nameof(DecisionResult.Unknown), nameof(GroupPhase.InDoubt))]
    public void What_became_of_the_decision_is_the_groups_end(string result, string phase)
    {
        var state = In(GroupPhase.Deciding).Then(Written(Enum.Parse<DecisionResult>(result)));

        Assert.Equal(Phase(phase), state.Phase);
    }

    [Theory]
    [InlineData(nameof(DecisionResult.Committed), nameof(GroupPhase.Committed))]
    [InlineData(nameof(DecisionResult.RolledBackByRecovery), nameof(GroupPhase.RolledBack))]
    [InlineData(nameof(DecisionResult.Unknown), nameof(GroupPhase.InDoubt))]
    public void A_doubt_is_settled_by_what_the_row_says(string result, string phase) =>
        Assert.Equal(Phase(phase), In(GroupPhase.InDoubt).Then(Written(Enum.Parse<DecisionResult>(result))).Phase);

    [Theory]
    [InlineData(nameof(GroupPhase.Running))]
    [InlineData(nameof(GroupPhase.Waiting))]
    [InlineData(nameof(GroupPhase.Committed))]
    [InlineData(nameof(GroupPhase.RolledBack))]
    public void A_decision_is_only_written_by_who_goes_to_write_it(string phase)
    {
        foreach (var result in Enum.GetValues<DecisionResult>())
            Assert.Throws<InvalidOperationException>(() => In(Phase(phase)).Then(Written(result)));
    }

    [Fact]
    public void A_group_that_recovery_rolled_back_says_so() =>
        Assert.Equal("recovery", In(GroupPhase.Deciding).Then(Written(DecisionResult.RolledBackByRecovery)).Abort!.Service);

    [Theory]
    [MemberData(nameof(Late))]
    public void What_is_written_is_not_changed_by_what_the_registry_adds_later(string phase)
    {
        var state = In(Phase(phase));

        Assert.Equal(state.CommitSet, state.Then(Read(Prepared("1-0000000b-1"), Pending("2-0000000c-1"))).CommitSet);
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void A_vote_for_a_voted_branch_and_an_answer_to_no_call_change_nothing(string phase)
    {
        var state = In(Phase(phase));

        Assert.Equal(state, state.Then(Voted("0-0000000a-1"), Voted("9-0000000a-1"), Answered("9-0000000a", Prepared("9-0000000a-1"))));
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void An_empty_record_changes_nothing(string phase)
    {
        var state = In(Phase(phase));

        Assert.Equal(state, state.Then(Read(new GroupSnapshot())));
    }

    private static GroupPhase Phase(string name) => Enum.Parse<GroupPhase>(name);
}
