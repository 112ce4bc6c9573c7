using System.Collections.Immutable;

namespace Fat.Protocol;

/// <summary>
/// The root's side of the group-commit protocol (docs/protocol.md, rules S2 to S5) as pure functions. A child scope uses
/// the same known set and never goes beyond <see cref="GroupPhase.Waiting"/>.
/// </summary>
internal static class GroupTransition
{
    public static GroupState Apply(GroupState state, GroupEvent happened) => happened switch
    {
        GroupEvent.CallBegan began => Adding(state).Calls.ContainsKey(began.Call) ? state : state.WithCall(new KnownCall(began.Call, began.Target)),
        GroupEvent.CallAnswered answered => Answered(state, answered),
        GroupEvent.CallFailed failed =>
            state.Calls.TryGetValue(failed.Call, out var call) && call.Answered ? state : state.WithAbort(failed.Reason),
        GroupEvent.BranchOpened opened => Adding(state).WithBranch(opened.Branch),
        GroupEvent.BranchVoted voted => Voted(state, voted),
        GroupEvent.BranchIsCommitPoint point => state with { Branches = state.Branches.Remove(point.Branch), CommitPoints = state.CommitPoints.Add(point.Branch) },
        GroupEvent.AbortAsked asked => state.WithAbort(asked.Reason),
        GroupEvent.RegistryRead read => Read(state, read.Snapshot),
        GroupEvent.RegistryBelieved believed => RegistryAlone.Believe(state, believed.Snapshot),
        GroupEvent.MethodReturned => state.Phase == GroupPhase.Running ? state with { Phase = GroupPhase.Waiting } : state,
        GroupEvent.Deciding => state is { Phase: GroupPhase.Waiting, CanCommit: true }
            ? state with { Phase = GroupPhase.Deciding }
            : throw new InvalidOperationException($"A group in phase {state.Phase} cannot be decided: votes or answers are missing."),
        GroupEvent.DecisionWritten written => Written(state, written.Result),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "An unknown event."),
    };

    /// <summary>Nothing can join once the method has returned: the known set is sealed.</summary>
    private static GroupState Adding(GroupState state) => state.Phase == GroupPhase.Running
        ? state
        : throw new InvalidOperationException(
            "The scope has already ended. Await every call and every [FatTransaction] method inside the scope.");

    private static GroupState Answered(GroupState state, GroupEvent.CallAnswered answered)
    {
        if (!state.Calls.TryGetValue(answered.Call, out var call) || call.Answered)
            return state;
        state = state.WithCall(call with { Answered = true, Scope = answered.Scope }).WithoutDuplicatesOf(answered);
        foreach (var branch in answered.Branches)
            state = state.WithBranch(branch);
        foreach (var pending in answered.PendingCalls)
        {
            if (!state.Calls.ContainsKey(pending))
                state = state.WithCall(new KnownCall(pending, call.Target));
        }

        return state;
    }

    /// <summary>
    /// The registry may have told of branches before this answer named the executions that count. Those of other executions of
    /// the same calls leave: a branch outside of the commit set rolls back (rule S8). An answer speaks of its own call and of those below.
    /// </summary>
    private static GroupState WithoutDuplicatesOf(this GroupState state, GroupEvent.CallAnswered answered)
    {
        var counting = answered.Branches.Select(branch => branch.Id.Scope).Where(scope => scope.Call.IsWithin(answered.Call)).ToHashSet();
        if (answered.Scope is { } answering)
            counting.Add(answering);
        var calls = counting.Select(scope => scope.Call).ToHashSet();
        return state with
        {
            Branches = state.Branches.RemoveRange(state.Branches.Keys.Where(id => calls.Contains(id.Scope.Call) && !counting.Contains(id.Scope))),
        };
    }

    private static GroupState Voted(GroupState state, GroupEvent.BranchVoted voted) =>
        state.Branches.TryGetValue(voted.Branch, out var branch)
            ? state.WithBranch(branch with { Vote = voted.Vote })
            : state;

    private static GroupState Read(GroupState state, GroupSnapshot snapshot)
    {
        // The commit set stands once it is being written.
        if (state.Phase is not (GroupPhase.Running or GroupPhase.Waiting))
            return state;
        if (snapshot.Abort is { } abort)
            state = state.WithAbort(abort);

        // A decision that the root did not write is recovery's. The unique key would refuse the root's own in any case.
        if (snapshot.Decision is { Decision: Decision.RolledBack })
            state = state.WithAbort(new AbortReason("recovery", "resolve", "Recovery rolled the group back: its root seemed to be gone."));

        foreach (var scope in snapshot.Scopes)
        {
            if (scope.Closed is not { } closed || !state.Calls.TryGetValue(scope.Id.Call, out var call) || call.Answered)
                continue;
            var branches = snapshot.Branches.Where(view => closed.Branches.Contains(view.Branch.Id)).Select(view => view.Branch).ToImmutableArray();
            if (branches.Length == closed.Branches.Length)
                state = Answered(state, new GroupEvent.CallAnswered(scope.Id.Call, scope.Id, branches, closed.PendingCalls));
        }

        foreach (var view in snapshot.Branches)
        {
            if (state.Branches.TryGetValue(view.Branch.Id, out var known))
            {
                if (known.IsMissing && !view.Branch.IsMissing)
                    state = state.WithBranch(known with { Vote = view.Branch.Vote });
            }
            else if (!state.CommitPoints.Contains(view.Branch.Id) && !IsDuplicate(state, snapshot, view.Branch.Id))
            {
                state = state.WithBranch(view.Branch);
            }
        }

        return state;
    }

    /// <summary>
    /// A branch of another execution of a call than the one that counts (rule S8): the one that the replies have named, or that
    /// owns the call in the registry. A call that is still open names its execution when it closes, so nothing is added for it before.
    /// </summary>
    private static bool IsDuplicate(GroupState state, GroupSnapshot snapshot, BranchId branch)
    {
        if (branch.Scope.Call.IsRoot)
            return true;
        if (state.Calls.TryGetValue(branch.Scope.Call, out var call) && (!call.Answered || call.Scope is not null))
            return call.Scope != branch.Scope;
        return state.Branches.Keys.Any(known => known.Scope.Call == branch.Scope.Call && known.Scope != branch.Scope)
            || snapshot.Scopes.Any(scope => scope.Id.Call == branch.Scope.Call && scope.Id != branch.Scope);
    }

    private static GroupState Written(GroupState state, DecisionResult result)
    {
        if (state.Phase is not (GroupPhase.Deciding or GroupPhase.InDoubt))
            throw new InvalidOperationException($"A decision was written in phase {state.Phase}.");
        return result switch
        {
            DecisionResult.Committed => state with { Phase = GroupPhase.Committed },
            DecisionResult.RolledBackByRecovery => (state with { Phase = GroupPhase.RolledBack }).WithReason(
                new AbortReason("recovery", "resolve", "Recovery rolled the group back before its root could commit it.")),
            DecisionResult.Failed => state with { Phase = GroupPhase.RolledBack },
            DecisionResult.Unknown => state with { Phase = GroupPhase.InDoubt },
            _ => throw new ArgumentOutOfRangeException(nameof(result), result, "An unknown result."),
        };
    }

    /// <summary>While undecided an abort ends the group; once the decision is being written it comes too late.</summary>
    private static GroupState WithAbort(this GroupState state, AbortReason reason) =>
        state.Phase is GroupPhase.Running or GroupPhase.Waiting ? state.WithReason(reason) : state;

    private static GroupState WithReason(this GroupState state, AbortReason reason) =>
        state.Abort is null ? state with { Abort = reason } : state;

    private static GroupState WithCall(this GroupState state, KnownCall call) =>
        state with { Calls = state.Calls.SetItem(call.Id, call) };

    private static GroupState WithBranch(this GroupState state, BranchVote branch) =>
        state.Branches.TryGetValue(branch.Id, out var known) && !known.IsMissing
            ? state
            : state with { Branches = state.Branches.SetItem(branch.Id, branch) };
}
