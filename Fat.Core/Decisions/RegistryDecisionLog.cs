using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Decisions;

/// <summary>
/// Decisions of roots that have no database: in the registry, and as durable as that. A group that the registry has lost is
/// never committed.
/// </summary>
internal sealed class RegistryDecisionLog(IGroupRegistry registry) : IDecisionLog
{
    /// <summary>Stands for the registry where the name of a decision database is expected.</summary>
    public static FatName Name { get; } = FatName.Parse("-", "database name");

    public async Task<DecisionWrite> CommitAsync(
        GroupId gid, IReadOnlyCollection<BranchVote> branches, LocalTransaction? carrier, CancellationToken cancellationToken)
    {
        try
        {
            var record = await registry.DecideAsync(gid, new DecisionRecord(Decision.Committed, [.. branches]), cancellationToken).ConfigureAwait(false);
            return new DecisionWrite(record.Decision == Decision.Committed ? DecisionResult.Committed : DecisionResult.RolledBackByRecovery);
        }
        catch (Exception exception) when (exception is RegistryUnavailableException or OperationCanceledException)
        {
            // In doubt: the registry may have decided before its answer was lost.
            return new DecisionWrite(DecisionResult.Unknown, exception);
        }
    }

    public async Task<DecisionRecord?> ResolveAsync(GroupId gid, CancellationToken cancellationToken)
    {
        try
        {
            return await registry.DecideAsync(gid, DecisionRecord.RolledBack, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException)
        {
            // Still in doubt: asked again later.
            return null;
        }
    }
}
