using System.Collections.Immutable;

namespace Fat.Protocol;

/// <summary>What can happen to a group, as its root or one of its scopes sees it.</summary>
internal abstract record GroupEvent
{
    private GroupEvent()
    {
    }

    /// <summary>A call to another service is about to be sent.</summary>
    public sealed record CallBegan(CallId Call, string Target) : GroupEvent;

    /// <summary>A call came back well, with everything that the called scope knows of.</summary>
    public sealed record CallAnswered(
        CallId Call, ScopeId? Scope, ImmutableArray<BranchVote> Branches, ImmutableArray<CallId> PendingCalls) : GroupEvent;

    /// <summary>A call failed, timed out, or came back without telling what it did.</summary>
    public sealed record CallFailed(CallId Call, AbortReason Reason) : GroupEvent;

    /// <summary>A local branch exists.</summary>
    public sealed record BranchOpened(BranchVote Branch) : GroupEvent;

    /// <summary>A local branch is prepared, or is over because it wrote nothing.</summary>
    public sealed record BranchVoted(BranchId Branch, Vote Vote) : GroupEvent;

    /// <summary>
    /// A local branch leaves the set: it carries the decision row, or it is the only one of a group that never left the
    /// process, so its own commit is the decision.
    /// </summary>
    public sealed record BranchIsCommitPoint(BranchId Branch) : GroupEvent;

    /// <summary>Somebody asks for the group to be rolled back: a failed branch, a participant, a time-out, the operator.</summary>
    public sealed record AbortAsked(AbortReason Reason) : GroupEvent;

    /// <summary>The registry was read. It adds to the known set and never takes from it.</summary>
    public sealed record RegistryRead(GroupSnapshot Snapshot) : GroupEvent;

    /// <summary>Never happens but in a torture run with rule S2 switched off: what the registry holds is taken for all there is.</summary>
    public sealed record RegistryBelieved(GroupSnapshot Snapshot) : GroupEvent;

    /// <summary>The root's method has returned.</summary>
    public sealed record MethodReturned : GroupEvent;

    /// <summary>The root goes to write <c>committed</c>.</summary>
    public sealed record Deciding : GroupEvent;

    /// <summary>What became of writing the decision.</summary>
    public sealed record DecisionWritten(DecisionResult Result) : GroupEvent;
}
