using Fat.Protocol;
using Fat.Resources;

namespace Fat.Decisions;

/// <summary>
/// Where the one fact that ends a group is kept (rule S1). What is written first stays: a root and recovery may race, and
/// both learn who won. Thread-safe.
/// </summary>
internal interface IDecisionLog
{
    /// <summary>
    /// Writes <c>committed</c> for the branches of the set, in a transaction of its own or in the carrier's, which is then over
    /// unless the result is <see cref="DecisionResult.Failed"/> or <see cref="DecisionResult.RolledBackByRecovery"/> (the caller
    /// rolls it back). The latter means that another decision was there first: recovery's, or an operator's, which may be a commit. Sent by the root only. <see cref="DecisionResult.Unknown"/> is settled by <see cref="ResolveAsync"/>.
    /// </summary>
    Task<DecisionWrite> CommitAsync(
        GroupId gid, IReadOnlyCollection<BranchVote> branches, LocalTransaction? carrier, CancellationToken cancellationToken);

    /// <summary>
    /// Rule S5: writes <c>rolledback</c> unless there is a decision, and reads what is there. Null when it could not be done
    /// now (the database is away, or a live root's own row is not committed yet): try later.
    /// </summary>
    Task<DecisionRecord?> ResolveAsync(GroupId gid, CancellationToken cancellationToken);

    /// <summary>The decision that is there. Null when there is none, or when it cannot be read now.</summary>
    Task<DecisionRecord?> ReadAsync(GroupId gid, CancellationToken cancellationToken);
}

/// <summary>What became of writing a decision, and what was thrown.</summary>
internal sealed record DecisionWrite(DecisionResult Result, Exception? Exception = null);
