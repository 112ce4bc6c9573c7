using System.Collections.Immutable;

namespace Fat.Protocol;

/// <summary>
/// A decision with the branches it commits. The set is written with the decision, so a branch that the root never knew of
/// (a duplicated request's, rule S8) is not committed by it, whatever Redis says.
/// </summary>
internal sealed record DecisionRecord(Decision Decision, ImmutableArray<BranchVote> Branches)
{
    public static DecisionRecord RolledBack { get; } = new(Decision.RolledBack, []);

    /// <summary>
    /// The part of the set that concerns one process; a branch whose process nobody knows concerns all of its service. A part that
    /// is too large does no harm, one that is too small rolls a branch back.
    /// </summary>
    public DecisionRecord PartOf(InstanceId instance) => this with
    {
        Branches = [.. Branches.Where(branch => branch.Instance == instance || (branch.Instance.IsUnknown && branch.Instance.Service == instance.Service))],
    };

    /// <summary>What the decision means for one branch.</summary>
    public Decision For(BranchId branch)
    {
        if (Decision == Decision.Committed)
        {
            foreach (var member in Branches)
            {
                if (member.Id == branch)
                    return Decision.Committed;
            }
        }

        return Decision.RolledBack;
    }
}
