using System.Data.Common;
using Fat.Coordination;
using Fat.Decisions;
using Fat.Diagnostics;
using Fat.Protocol;

namespace Fat.Recovery;

/// <summary>
/// Deletes decision rows that nobody needs any more (rule S7), in batches. A root that does not know whether its commit went
/// through asks the row, so a row stays longer than a root trusts its absence.
/// </summary>
internal sealed class DecisionCleaning(Participant participant, bool createTable)
{
    private const int LargestBatch = 500;

    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        foreach (var log in participant.Node.Databases.DecisionDatabases)
        {
            try
            {
                if (createTable)
                    await log.EnsureTableAsync(cancellationToken).ConfigureAwait(false);
                await CleanAsync(log, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException exception)
            {
                // The rows stay until the next turn.
                FatLog.DatabaseNotSearched(participant.Node.Logger, log.DatabaseName, exception);
            }
        }
    }

    private async Task CleanAsync(DatabaseDecisionLog log, CancellationToken cancellationToken)
    {
        if (log.DatabaseName == participant.Node.Databases.Decisions && participant.FinishedLocally.Take(LargestBatch) is { Count: > 0 } local)
            await log.ForgetAsync(local, cancellationToken).ConfigureAwait(false);
        await ForgetAcknowledgedAsync(log, cancellationToken).ConfigureAwait(false);
        await log.ForgetRolledBackAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at every row: those that cannot go yet must not keep those behind them from being seen while the registry still knows.</summary>
    private async Task ForgetAcknowledgedAsync(DatabaseDecisionLog log, CancellationToken cancellationToken)
    {
        GroupId? after = null;
        IReadOnlyList<GroupId> gids;
        do
        {
            gids = await log.ListCommittedAsync(participant.Node.Timings.DecisionKept, after, LargestBatch, cancellationToken).ConfigureAwait(false);
            var snapshots = await participant.Node.Registry.ReadAsync(gids, cancellationToken).ConfigureAwait(false);
            var done = gids.Where((_, i) => snapshots[i] is { } snapshot && IsAcknowledged(snapshot)).ToList();
            if (done.Count > 0)
                await log.ForgetAsync(done, cancellationToken).ConfigureAwait(false);
            after = gids.Count > 0 ? gids[^1] : null;
        }
        while (gids.Count == LargestBatch);
    }

    /// <summary>Every branch of the set says that it has obeyed. A record that is missing says nothing (rule S6).</summary>
    private static bool IsAcknowledged(GroupSnapshot snapshot) =>
        snapshot.Decision is { Decision: Decision.Committed } decision &&
        decision.Branches.All(member => snapshot.Branches.Any(view => view.Branch.Id == member.Id && view.Done));
}
