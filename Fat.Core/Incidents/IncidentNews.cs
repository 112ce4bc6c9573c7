using System.Data.Common;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Journal;

namespace Fat.Incidents;

/// <summary>
/// Tells what has happened to incidents, at least once and in the order of each: what nobody was told of stands in the journal, and whoever tells takes it
/// for a while. Safe beside other instances that do the same.
/// </summary>
internal sealed class IncidentNews(Node node, Listeners listeners)
{
    private readonly Dictionary<BranchJournal, long> _looked = [];
    private readonly SentEvents _sent = new();

    /// <summary>
    /// Looks where this process has written something, or has not looked for RecoveryInterval: what others have written and could not tell. One turn at a
    /// time.
    /// </summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        foreach (var journal in node.Databases.All.Select(resource => resource.Journal).OfType<BranchJournal>())
        {
            var isDue = !_looked.TryGetValue(journal, out var last) || node.Time.GetElapsedTime(last) >= node.Timings.RecoveryInterval;
            if (!journal.Incidents.TakeNews() && !(isDue && journal.HasIncidents))
                continue;
            _looked[journal] = node.Time.GetTimestamp();
            try
            {
                if (await journal.IsKeptAsync(cancellationToken).ConfigureAwait(false))
                    await TellAsync(journal, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException exception)
            {
                // Nobody was told, or it is told again.
                FatLog.DatabaseNotSearched(node.Logger, journal.Database.Name, exception);
            }
        }
    }

    private async Task TellAsync(BranchJournal journal, CancellationToken cancellationToken)
    {
        foreach (var happened in await journal.Incidents.ListUntoldAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!await journal.Incidents.BeginTellingAsync(happened, listeners.Longest, cancellationToken).ConfigureAwait(false))
                continue;
            if (happened.Tries == 0)
                Noticed(happened);
            if (!await TellAsync(journal, happened, cancellationToken).ConfigureAwait(false))
            {
                await journal.Incidents.TellLaterAsync(happened, Listeners.Pause(happened.Tries), cancellationToken).ConfigureAwait(false);
                continue;
            }

            await journal.Incidents.ToldAsync(happened, cancellationToken).ConfigureAwait(false);
            _sent.Forget(happened.Id);
        }
    }

    private async Task<bool> TellAsync(BranchJournal journal, IncidentEvent happened, CancellationToken cancellationToken)
    {
        var told = node.Redaction.Shown(IncidentText.Told(happened, node.Service, journal.Database.Name));
        var handled = happened.Handled || await listeners.HandleAsync(told, cancellationToken).ConfigureAwait(false);
        if (handled && !happened.Handled)
            await journal.Incidents.HandledAsync(happened, cancellationToken).ConfigureAwait(false);
        return await SendAsync(told, cancellationToken).ConfigureAwait(false) && handled;
    }

    private async Task<bool> SendAsync(FatIncidentEvent told, CancellationToken cancellationToken)
    {
        if (_sent.Has(told.Id))
            return true;
        if (!await listeners.SendAsync(told, cancellationToken).ConfigureAwait(false))
            return false;
        _sent.Add(told.Id);
        return true;
    }

    private string? Reason(IncidentEvent happened) => node.Redaction.Reason(happened.Gid.ToString(), happened.Method ?? string.Empty, happened.Reason);

    private void Noticed(IncidentEvent happened)
    {
        FatMeter.IncidentChanged(node.Service, happened.Kind);
        switch (happened.Kind)
        {
            case IncidentKind.Opened:
                FatLog.IncidentOpened(node.Logger, happened.Gid, happened.Branch, happened.Method, Reason(happened) ?? "It is replayed.");
                break;
            case IncidentKind.Replayed:
                FatLog.IncidentReplayed(node.Logger, happened.Gid, happened.Branch, happened.Method, happened.Attempts);
                break;
            case IncidentKind.Failed:
                FatLog.ReplayFailed(node.Logger, happened.Gid, happened.Branch, happened.Method, happened.Attempts, Reason(happened));
                break;
            case IncidentKind.Closed:
                FatLog.IncidentClosed(node.Logger, happened.Gid, happened.Branch, happened.Method, happened.By, happened.Reason);
                break;
        }
    }
}
