using System.Collections.Immutable;
using System.Data.Common;
using Fat.Coordination;
using Fat.Incidents;
using Fat.Journal;
using Fat.Protocol;

namespace Fat.Administration;

/// <summary>What operators see of lost branches, and what they do about them.</summary>
internal sealed class IncidentDesk(Node node, Replayer replayer)
{
    private IEnumerable<BranchJournal> Journals => node.Databases.All.Select(resource => resource.Journal).OfType<BranchJournal>();

    public async Task<FatList<FatIncident>> ListAsync(bool onlyOpen, Part part, CancellationToken cancellationToken)
    {
        var attempts = new Attempts();
        var all = new List<Incident>();
        foreach (var journal in Journals)
        {
            all.AddRange(await attempts.ReadAsync(journal.Database.Name.Text, () => ListAsync(journal, onlyOpen, part.Most, cancellationToken)).ConfigureAwait(false) ?? []);
        }

        return part.Of(all.OrderByDescending(incident => incident.Began).Select(IncidentText.Shown), attempts);
    }

    /// <summary>A database that goes by two names has each incident once.</summary>
    public async Task<IEnumerable<FatIncident>> OfGroupAsync(GroupId gid, Attempts attempts, CancellationToken cancellationToken)
    {
        var all = new List<Incident>();
        foreach (var journal in Journals)
            all.AddRange(await attempts.ReadAsync(journal.Database.Name.Text, () => OfGroupAsync(journal, gid, cancellationToken)).ConfigureAwait(false) ?? []);
        return all.DistinctBy(incident => incident.Branch).Select(IncidentText.Shown);
    }

    public async Task<FatIncidentDetails?> ShowAsync(GroupId gid, BranchId branch, CancellationToken cancellationToken)
    {
        var attempts = new Attempts();
        foreach (var journal in Journals)
        {
            if (await attempts.ReadAsync(journal.Database.Name.Text, () => ShowAsync(journal, gid, branch, cancellationToken)).ConfigureAwait(false) is { } found)
                return found;
        }

        return attempts.Failed.IsEmpty
            ? null
            : throw new FatIncidentRefusedException(gid.ToString(), branch.Text, $"it was not found, and {string.Join(", ", attempts.Failed)} could not be read.");
    }

    public async Task<FatIncident> ReplayAsync(
        GroupId gid, BranchId branch, int version, string by, string reason, bool evenIfNotAllowed, CancellationToken cancellationToken)
    {
        var (journal, incident) = await OpenAsync(gid, branch, version, cancellationToken).ConfigureAwait(false);
        if (!incident.Replay && !evenIfNotAllowed)
        {
            throw new FatIncidentRefusedException(
                gid.ToString(), branch.Text, $"{incident.Name} does not allow a replay. If you know that it can run again, say evenIfNotAllowed; else do by hand what is missing, and close the incident.");
        }

        if (incident.Arguments is null)
        {
            throw new FatIncidentRefusedException(
                gid.ToString(), branch.Text, $"the arguments of {incident.Name} were not kept. {node.Redaction.Reason(gid.ToString(), incident.Name, incident.Problem)}");
        }

        var begun = await DoAsync(incident, () => journal.Incidents.BeginAttemptAsync(incident, replayer.Longest(incident), (by, reason), cancellationToken)).ConfigureAwait(false)
            ?? throw MovedOn(incident);
        await replayer.ReplayAsync(journal, begun, by, evenIfNotAllowed, cancellationToken).ConfigureAwait(false);
        return await AgainAsync(journal, incident, cancellationToken).ConfigureAwait(false);
    }

    public async Task<FatIncident> CloseAsync(GroupId gid, BranchId branch, int version, string by, string note, CancellationToken cancellationToken)
    {
        var (journal, incident) = await OpenAsync(gid, branch, version, cancellationToken).ConfigureAwait(false);
        if (!await DoAsync(incident, () => journal.Incidents.CloseAsync(incident, by, note, cancellationToken)).ConfigureAwait(false))
            throw MovedOn(incident);
        return await AgainAsync(journal, incident, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<Incident>> ListAsync(BranchJournal journal, bool onlyOpen, int most, CancellationToken cancellationToken) =>
        await journal.IsKeptAsync(cancellationToken).ConfigureAwait(false) ? await journal.Incidents.ListAsync(onlyOpen, most, cancellationToken).ConfigureAwait(false) : [];

    private static async Task<IReadOnlyList<Incident>> OfGroupAsync(BranchJournal journal, GroupId gid, CancellationToken cancellationToken) =>
        await journal.IsKeptAsync(cancellationToken).ConfigureAwait(false) ? await journal.Incidents.ListOfGroupAsync(gid, cancellationToken).ConfigureAwait(false) : [];

    private async Task<FatIncidentDetails?> ShowAsync(BranchJournal journal, GroupId gid, BranchId branch, CancellationToken cancellationToken)
    {
        if (await FindAsync(journal, gid, branch, cancellationToken).ConfigureAwait(false) is not { } incident)
            return null;
        var events = await journal.Incidents.ListEventsAsync(gid, branch, cancellationToken).ConfigureAwait(false);
        ImmutableArray<FatIncidentEvent> shown = [.. events.Select(happened => IncidentText.Told(happened, node.Service, journal.Database.Name))];
        return new FatIncidentDetails(IncidentText.Shown(incident), incident.Arguments, incident.Problem, shown);
    }

    /// <summary>A table that services share holds the incidents of all; each looks after its own.</summary>
    private async Task<Incident?> FindAsync(BranchJournal journal, GroupId gid, BranchId branch, CancellationToken cancellationToken) =>
        await journal.IsKeptAsync(cancellationToken).ConfigureAwait(false)
        && await journal.Incidents.FindAsync(gid, branch, cancellationToken).ConfigureAwait(false) is { } found
        && found.Service == node.Service.Text && found.Database == journal.Database.Name.Text ? found : null;

    private async Task<(BranchJournal Journal, Incident Incident)> OpenAsync(GroupId gid, BranchId branch, int version, CancellationToken cancellationToken)
    {
        foreach (var journal in Journals)
        {
            try
            {
                if (await FindAsync(journal, gid, branch, cancellationToken).ConfigureAwait(false) is not { } incident)
                    continue;
                if (incident.IsOpen && incident.Version == version)
                    return (journal, incident);
                throw MovedOn(incident);
            }
            catch (DbException exception)
            {
                // Nothing was done: it was only looked for.
                throw new FatIncidentRefusedException(gid.ToString(), branch.Text, $"database '{journal.Database.Name}' cannot be read: {exception.Message}", exception);
            }
        }

        throw new FatIncidentRefusedException(gid.ToString(), branch.Text, "it is no incident of this service (any more).");
    }

    /// <summary>Nothing is changed when this throws, unless the connection was lost at the end; then the version tells.</summary>
    private static async Task<T> DoAsync<T>(Incident incident, Func<Task<T>> change)
    {
        try
        {
            return await change().ConfigureAwait(false);
        }
        catch (DbException exception)
        {
            // Rolled back; or, with a lost connection, changed, and then the version that was seen is not it any more.
            throw new FatIncidentRefusedException(incident.Gid.ToString(), incident.Branch.Text, $"somebody is at it, or its database is away ({exception.Message}). Look at it again.", exception);
        }
    }

    private static async Task<FatIncident> AgainAsync(BranchJournal journal, Incident incident, CancellationToken cancellationToken) =>
        IncidentText.Shown(await journal.Incidents.FindAsync(incident.Gid, incident.Branch, cancellationToken).ConfigureAwait(false) ?? incident);

    private static FatIncidentRefusedException MovedOn(Incident incident) => new(
        incident.Gid.ToString(), incident.Branch.Text, $"it has moved on, and is {incident.State} with version {incident.Version} or later. Look at it again.");
}
