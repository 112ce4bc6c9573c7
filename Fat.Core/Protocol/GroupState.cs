using System.Collections.Immutable;

namespace Fat.Protocol;

/// <summary>
/// The known set of one scope and everything below it (rule S2), and, in a root, the phase of its group. Immutable;
/// <see cref="GroupTransition"/> is the only one that makes new ones. Ordered by id: the same history writes the same decision.
/// </summary>
internal sealed record GroupState
{
    public static GroupState Begun { get; } = new();

    public GroupPhase Phase { get; init; } = GroupPhase.Running;

    public ImmutableSortedDictionary<CallId, KnownCall> Calls { get; init; } =
        ImmutableSortedDictionary.Create<CallId, KnownCall>(Comparer<CallId>.Create(static (one, other) => string.CompareOrdinal(one.Text, other.Text)));

    public ImmutableSortedDictionary<BranchId, BranchVote> Branches { get; init; } =
        ImmutableSortedDictionary.Create<BranchId, BranchVote>(Comparer<BranchId>.Create(static (one, other) => string.CompareOrdinal(one.Text, other.Text)));

    /// <summary>The branches that commit together with the decision, in its own transaction. They have no vote, whatever the registry still says of them.</summary>
    public ImmutableHashSet<BranchId> CommitPoints { get; init; } = [];

    /// <summary>The first failure; once set it stays.</summary>
    public AbortReason? Abort { get; init; }

    /// <summary>Everything known is answered and has voted, and nobody asked for an abort.</summary>
    public bool CanCommit => Abort is null && EverythingVoted;

    /// <summary>No call is open and no vote is missing.</summary>
    public bool EverythingVoted
    {
        get
        {
            foreach (var call in Calls.Values)
            {
                if (!call.Answered)
                    return false;
            }

            foreach (var branch in Branches.Values)
            {
                if (branch.IsMissing)
                    return false;
            }

            return true;
        }
    }

    /// <summary>The branches that a commit decision commits: all that have something to commit.</summary>
    public ImmutableArray<BranchVote> CommitSet => [.. Branches.Values.Where(branch => branch.Vote == Vote.Prepared)];

    public IEnumerable<CallId> PendingCalls => Calls.Values.Where(call => !call.Answered).Select(call => call.Id);

    /// <summary>The branches that prepare when they are told to.</summary>
    public ImmutableArray<BranchVote> Joined => [.. Branches.Values.Where(branch => branch.Vote == Vote.Joined)];

    public IEnumerable<BranchId> MissingVotes => Branches.Values.Where(branch => branch.IsMissing).Select(branch => branch.Id);
}
