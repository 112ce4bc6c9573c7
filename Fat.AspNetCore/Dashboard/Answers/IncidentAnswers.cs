namespace Fat.AspNetCore.Dashboard;

internal sealed record IncidentAnswer(
    string Gid,
    string Branch,
    string Database,
    string Method,
    FatIncidentState State,
    int Version,
    int Attempts,
    string? Reason,
    bool AllowsReplay,
    DateTimeOffset Began,
    DateTimeOffset Changed,
    string Instance)
{
    public static IncidentAnswer Of(FatIncident incident) => new(
        incident.Gid, incident.Branch, incident.Database, incident.Method, incident.State, incident.Version, incident.Attempts, incident.Reason, incident.AllowsReplay, incident.Began, incident.Changed,
        incident.Instance);
}

internal sealed record IncidentDetailsAnswer(
    string Gid,
    string Branch,
    string Database,
    string Method,
    FatIncidentState State,
    int Version,
    int Attempts,
    string? Reason,
    bool AllowsReplay,
    DateTimeOffset Began,
    DateTimeOffset Changed,
    string Instance,
    string? Arguments,
    string? ArgumentsProblem,
    IReadOnlyList<IncidentEventAnswer> Events)
{
    private const string Hidden = "They are not shown here (FatDashboardOptions.ShowPayloads).";

    public static IncidentDetailsAnswer Of(FatIncidentDetails details, bool showArguments)
    {
        var incident = details.Incident;
        return new IncidentDetailsAnswer(
            incident.Gid, incident.Branch, incident.Database, incident.Method, incident.State, incident.Version, incident.Attempts, incident.Reason, incident.AllowsReplay, incident.Began, incident.Changed,
            incident.Instance, showArguments ? details.Arguments : null, details.Arguments is null || showArguments ? details.ArgumentsProblem : Hidden,
            [.. details.Events.Select(happened => new IncidentEventAnswer(happened.Kind, happened.At, happened.Reason))]);
    }
}

internal sealed record IncidentEventAnswer(FatIncidentEventKind Kind, DateTimeOffset At, string? Reason);
