using Fat.Diagnostics;

namespace Fat.Administration;

/// <summary>What operators see and do, with the application's redactor over arguments and reasons. What they wrote themselves is shown as it is.</summary>
internal sealed class RedactedAdmin(IFatAdmin admin, Redaction redaction) : IFatAdmin
{
    public async Task<FatList<FatOpenGroup>> ListOpenAsync(string? service = null, int limit = 100, int skip = 0, CancellationToken cancellationToken = default)
    {
        var list = await admin.ListOpenAsync(service, limit, skip, cancellationToken).ConfigureAwait(false);
        return list with { Items = [.. list.Items.Select(group => group with { Record = Show(group.Gid, group.Record) })] };
    }

    public Task<FatList<FatInDoubtBranch>> ListInDoubtAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default) =>
        admin.ListInDoubtAsync(limit, skip, cancellationToken);

    public async Task<FatList<FatEndedGroup>> ListEndedAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default)
    {
        var list = await admin.ListEndedAsync(limit, skip, cancellationToken).ConfigureAwait(false);
        return list with { Items = [.. list.Items.Select(group => group.Abort is { } abort ? group with { Abort = redaction.Shown(group.Gid, abort) } : group)] };
    }

    public Task<FatList<FatForceRecord>> ListForcedAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default) =>
        admin.ListForcedAsync(limit, skip, cancellationToken);

    public async Task<FatGroupDetails> ShowAsync(string gid, CancellationToken cancellationToken = default)
    {
        var details = await admin.ShowAsync(gid, cancellationToken).ConfigureAwait(false);
        return details with { Record = Show(details.Gid, details.Record), Incidents = [.. details.Incidents.Select(redaction.Shown)] };
    }

    public Task<FatForceResult> ForceAsync(
        string gid, FatDecision decision, string by, string reason, FatForceOptions? options = null, CancellationToken cancellationToken = default) =>
        admin.ForceAsync(gid, decision, by, reason, options, cancellationToken);

    public async Task<FatList<FatIncident>> ListIncidentsAsync(bool onlyOpen = true, int limit = 100, int skip = 0, CancellationToken cancellationToken = default)
    {
        var list = await admin.ListIncidentsAsync(onlyOpen, limit, skip, cancellationToken).ConfigureAwait(false);
        return list with { Items = [.. list.Items.Select(redaction.Shown)] };
    }

    public async Task<FatIncidentDetails?> ShowIncidentAsync(string gid, string branch, CancellationToken cancellationToken = default)
    {
        if (await admin.ShowIncidentAsync(gid, branch, cancellationToken).ConfigureAwait(false) is not { } found)
            return null;
        var incident = found.Incident;
        return new FatIncidentDetails(
            redaction.Shown(incident), redaction.Arguments(incident.Gid, incident.Method, found.Arguments), redaction.Reason(incident.Gid, incident.Method, found.ArgumentsProblem),
            [.. found.Events.Select(redaction.Shown)]);
    }

    public async Task<FatIncident> ReplayIncidentAsync(
        string gid, string branch, int version, string by, string reason, bool evenIfNotAllowed = false, CancellationToken cancellationToken = default) =>
        redaction.Shown(await admin.ReplayIncidentAsync(gid, branch, version, by, reason, evenIfNotAllowed, cancellationToken).ConfigureAwait(false));

    public async Task<FatIncident> CloseIncidentAsync(string gid, string branch, int version, string by, string note, CancellationToken cancellationToken = default) =>
        redaction.Shown(await admin.CloseIncidentAsync(gid, branch, version, by, note, cancellationToken).ConfigureAwait(false));

    private FatGroupRecord? Show(string gid, FatGroupRecord? record) => record?.Abort is { } abort ? record with { Abort = redaction.Shown(gid, abort) } : record;
}
