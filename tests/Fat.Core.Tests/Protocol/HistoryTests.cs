using Fat.Protocol;

namespace Fat.Core.Tests.Protocol;

/// <summary>What holds after every event of every history.</summary>
public sealed class HistoryTests
{
    private const int Histories = 2000;

    [Fact]
    public void A_group_never_can_commit_while_a_known_branch_has_not_voted_or_a_call_is_open() =>
        Always(Events.Undecided, (_, _, after) =>
            !after.CanCommit
            || (after.Abort is null
                && after.Branches.Values.All(branch => !branch.IsMissing)
                && after.Calls.Values.All(call => call.Answered)));

    [Fact]
    public void A_group_is_only_decided_when_it_can_commit() =>
        Always(Events.All, (before, happened, after) =>
            happened is not GroupEvent.Deciding || (before.CanCommit && before.Phase == GroupPhase.Waiting && after.Phase == GroupPhase.Deciding));

    [Fact]
    public void Calls_stay_known() =>
        Always(Events.All, (before, _, after) => before.Calls.Keys.All(after.Calls.ContainsKey));

    [Fact]
    public void An_answer_stays_an_answer() =>
        Always(Events.All, (before, _, after) => before.Calls.Values.Where(call => call.Answered).All(call => after.Calls[call.Id] == call));

    [Fact]
    public void Branches_stay_known_unless_a_reply_shows_that_they_are_a_duplicates() =>
        Always(Events.All, (before, _, after) => before.Branches.Keys.All(id =>
            after.Branches.ContainsKey(id)
            || after.Calls.Values.Any(call => call.Id == id.Scope.Call && call.Scope is { } scope && scope != id.Scope)
            || after.Branches.Keys.Any(other => other.Scope.Call == id.Scope.Call && other.Scope != id.Scope)));

    [Fact]
    public void The_registry_never_takes_a_branch_of_an_answered_call_away() =>
        Always(Events.All, (before, happened, after) =>
            happened is not GroupEvent.RegistryRead
            || before.Branches.Keys.Where(id => before.Calls.TryGetValue(id.Scope.Call, out var call) && call.Answered).All(after.Branches.ContainsKey));

    [Fact]
    public void A_vote_stays_a_vote() =>
        Always(Events.All, (before, _, after) => before.Branches.Values.Where(branch => !branch.IsMissing)
            .All(branch => !after.Branches.TryGetValue(branch.Id, out var now) || now.Vote == branch.Vote));

    [Fact]
    public void An_abort_stays_with_its_first_reason() =>
        Always(Events.All, (before, _, after) => before.Abort is null || after.Abort == before.Abort);

    [Fact]
    public void Of_two_executions_of_an_answered_call_only_one_can_commit() =>
        Always(Events.All, (_, _, after) => after.CommitSet.All(branch =>
            !after.Calls.TryGetValue(branch.Id.Scope.Call, out var call) || call.Scope is not { } scope || scope == branch.Id.Scope));

    [Fact]
    public void What_is_committed_does_not_change_once_the_decision_is_being_written() =>
        Always(Events.All, (before, _, after) =>
            before.Phase is GroupPhase.Running or GroupPhase.Waiting || before.CommitSet.SequenceEqual(after.CommitSet));

    [Fact]
    public void An_end_is_an_end() =>
        Always(Events.All, (before, _, after) => before.Phase is not (GroupPhase.Committed or GroupPhase.RolledBack) || after.Phase == before.Phase);

    [Fact]
    public void The_histories_reach_every_phase()
    {
        var reached = new HashSet<GroupPhase>();
        Always(Events.All, (_, _, after) => reached.Add(after.Phase) || true);

        Assert.Equal(Enum.GetValues<GroupPhase>().ToHashSet(), reached);
    }

    private static void Always(FsCheck.Gen<GroupEvent> events, Func<GroupState, GroupEvent, GroupState, bool> holds) =>
        Any.Holds(Events.History(events), history => Events.Steps(history).All(step => holds(step.Before, step.Event, step.After)), Histories);
}
