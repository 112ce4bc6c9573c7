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
            var ours = record.Decision == Decision.Committed && branches.All(branch => record.For(branch.Id) == Decision.Committed);
            return new DecisionWrite(ours ? DecisionResult.Committed : DecisionResult.RolledBackByRecovery);
        }
        catch (Exception exception) when (exception is RegistryUnavailableException or OperationCanceledException)
        {
            // In doubt: the registry may have decided before its answer was lost.
            return new DecisionWrite(DecisionResult.Unknown, exception);
        }
    }

    public async Task<DecisionRecord?> ReadAsync(GroupId gid, CancellationToken cancellationToken)
    {
        try
        {
            return (await registry.ReadAsync([gid], cancellationToken).ConfigureAwait(false))[gid]?.Decision;
        }
        catch (RegistryUnavailableException)
        {
            // Still in doubt: asked again later.
            return null;
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
