using Fat.Journal;

namespace Fat.Incidents;

/// <summary>Replays what is due: the branches of one group in the order in which they ran, and up to the first that fails; a few groups at a time.</summary>
internal sealed class ReplayTurn(Replayer replayer, int mostAttempts)
{
    private const int LargestBatch = 100;
    private const int GroupsAtATime = 4;

    public async Task ReplayAsync(BranchJournal journal, CancellationToken cancellationToken)
    {
        await GiveUpAsync(journal, cancellationToken).ConfigureAwait(false);

        // Of each group the first is due, and when that is done the next one.
        while (await ReplayNextAsync(journal, cancellationToken).ConfigureAwait(false))
        {
        }
    }

    /// <summary>True when something was replayed, so that more may be due.</summary>
    private async Task<bool> ReplayNextAsync(BranchJournal journal, CancellationToken cancellationToken)
    {
        var replayed = 0;
        var due = await journal.Incidents.ListDueAsync(mostAttempts, LargestBatch, cancellationToken).ConfigureAwait(false);
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = GroupsAtATime, CancellationToken = cancellationToken },
            async (incident, token) =>
            {
                if (await ReplayAsync(journal, incident, token).ConfigureAwait(false))
                    Interlocked.Increment(ref replayed);
            }).ConfigureAwait(false);
        return replayed > 0;
    }

    /// <summary>A call that ends its process has nobody who could say that it failed.</summary>
    private async Task GiveUpAsync(BranchJournal journal, CancellationToken cancellationToken)
    {
        foreach (var incident in await journal.Incidents.ListGivenUpAsync(mostAttempts, cancellationToken).ConfigureAwait(false))
        {
            var reason = $"Of {incident.Attempts} replays none came to an end: their processes died.";
            await journal.Incidents.FailAsync(incident, reason, TimeSpan.Zero, by: null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> ReplayAsync(BranchJournal journal, Incident incident, CancellationToken cancellationToken) =>
        await journal.Incidents.BeginAttemptAsync(incident, replayer.Longest(incident), by: null, cancellationToken).ConfigureAwait(false) is { } begun
        && await replayer.ReplayAsync(journal, begun, by: null, evenIfNotAllowed: false, cancellationToken).ConfigureAwait(false);
}
