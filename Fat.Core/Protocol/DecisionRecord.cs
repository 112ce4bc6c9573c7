using System.Collections.Immutable;

namespace Fat.Protocol;

/// <summary>
/// A decision with the branches it commits. The set is written with the decision, so a branch that the root never knew of
/// (a duplicated request's, rule S8) is not committed by it, whatever Redis says.
/// </summary>
internal sealed record DecisionRecord(Decision Decision, ImmutableArray<BranchVote> Branches)
{
    public static DecisionRecord RolledBack { get; } = new(Decision.RolledBack, []);

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
