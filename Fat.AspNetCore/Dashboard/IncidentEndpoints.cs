using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Incidents: lists, one of them, and what is done about it. IFatAdmin compares the version that was seen, and writes the audit entry with the change.</summary>
internal sealed class IncidentEndpoints(Sources sources, ActionGate gate, bool showArguments)
{
    private const int Listed = 100;
    private const int LongestReason = 2000;

    public async Task<PartAnswer<IncidentAnswer>> ListAsync(HttpContext http)
    {
        var onlyOpen = RequestFields.Flag(http, "open", otherwise: true);
        var list = await sources.Admin.ListIncidentsAsync(onlyOpen, RequestFields.Limit(http, Listed), RequestFields.Skip(http), http.RequestAborted).ConfigureAwait(false);
        return PartAnswer<IncidentAnswer>.Of(list, IncidentAnswer.Of);
    }

    public async Task<IncidentDetailsAnswer> ShowAsync(HttpContext http)
    {
        var (gid, branch) = (RequestFields.Group(http), RequestFields.Branch(http));
        try
        {
            return await sources.Admin.ShowIncidentAsync(gid, branch, http.RequestAborted).ConfigureAwait(false) is { } details
                ? IncidentDetailsAnswer.Of(details, showArguments)
                : throw Refusal.Unknown.Because($"Branch {branch} of group {gid} is no incident of this service (any more).");
        }
        catch (FatIncidentRefusedException exception)
        {
            // It may be in a database that is away.
            throw Refusal.Away.Because(exception.Message, exception);
        }
    }

    public async Task<IncidentAnswer> ReplayAsync(HttpContext http)
    {
        var (gid, branch) = (RequestFields.Group(http), RequestFields.Branch(http));
        var who = Operator.Of(http);
        var body = await gate.PassAsync(http, who).ConfigureAwait(false);
        var (version, reason, evenIfNotAllowed) = (body.Number("version"), body.Text("reason", LongestReason), body.Flag("evenIfNotAllowed"));
        body.End();

        // Not given up because a browser is closed: the call may be running by then.
        return IncidentAnswer.Of(await sources.Admin.ReplayIncidentAsync(gid, branch, version, who.Name, reason, evenIfNotAllowed, sources.Stopping).ConfigureAwait(false));
    }

    public async Task<IncidentAnswer> CloseAsync(HttpContext http)
    {
        var (gid, branch) = (RequestFields.Group(http), RequestFields.Branch(http));
        var who = Operator.Of(http);
        var body = await gate.PassAsync(http, who).ConfigureAwait(false);
        var (version, note) = (body.Number("version"), body.Text("note", LongestReason));
        body.End();

        // Not given up because a browser is closed: the operator has asked for it.
        return IncidentAnswer.Of(await sources.Admin.CloseIncidentAsync(gid, branch, version, who.Name, note, sources.Stopping).ConfigureAwait(false));
    }
}
