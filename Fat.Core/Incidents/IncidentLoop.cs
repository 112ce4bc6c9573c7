using System.Data.Common;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Journal;
using Fat.Registry;

namespace Fat.Incidents;

/// <summary>One look at the journals of this service: what became of branches that were left behind, and what can be done about those that are lost.</summary>
internal sealed class IncidentLoop(Participant participant, LostBranchSearch search, ReplayTurn? replays, bool createTable, TimeSpan kept)
{
    private readonly Node _node = participant.Node;

    /// <summary>One turn at a time.</summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        // Instances that started together do not look together.
        await Task.Delay(_node.Timings.RecoveryInterval * (Random.Shared.NextDouble() / 10), _node.Time, cancellationToken).ConfigureAwait(false);
        foreach (var resource in _node.Databases.All)
        {
            if (resource.Journal is not BranchJournal journal)
                continue;
            try
            {
                if (createTable)
                    await journal.EnsureTableAsync(cancellationToken).ConfigureAwait(false);
                if (!await journal.IsKeptAsync(cancellationToken).ConfigureAwait(false))
                    continue;
                await journal.LookAsync(cancellationToken).ConfigureAwait(false);
                if (journal.HasJournalled)
                    await SearchAsync(journal, cancellationToken).ConfigureAwait(false);
                if (journal.HasIncidents)
                    await TendAsync(journal, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException exception)
            {
                // Nothing is decided by this: the next turn tries again.
                FatLog.DatabaseNotSearched(_node.Logger, resource.Database.Name, exception);
            }
        }
    }

    private async Task TendAsync(BranchJournal journal, CancellationToken cancellationToken)
    {
        if (replays is not null)
            await replays.ReplayAsync(journal, cancellationToken).ConfigureAwait(false);
        await journal.Incidents.PurgeAsync(kept, cancellationToken).ConfigureAwait(false);
    }

    private async Task SearchAsync(BranchJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            await search.SearchAsync(journal, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // Still in doubt, till the registry is back; what is known to be lost is replayed without it.
            FatLog.HeldBranchesNotSettled(_node.Logger, journal.Database.Name, exception);
        }
    }
}
