namespace Fat.Diagnostics;

/// <summary>What is shown of the records that have reasons in several places.</summary>
internal static class RedactionExtensions
{
    public static FatGroupAbort Shown(this Redaction redaction, string gid, FatGroupAbort abort) => abort with { Reason = redaction.Reason(gid, abort.Method, abort.Reason) };

    /// <summary>The note of an operator who closed it is his own words.</summary>
    public static FatIncident Shown(this Redaction redaction, FatIncident incident) =>
        incident.State == FatIncidentState.Closed ? incident : incident with { Reason = redaction.Reason(incident.Gid, incident.Method, incident.Reason) };

    /// <summary>The note of who closed it is his own words, and how long a branch has been in doubt is no secret.</summary>
    public static FatIncidentEvent Shown(this Redaction redaction, FatIncidentEvent happened) => happened.Kind is FatIncidentEventKind.Closed or FatIncidentEventKind.InDoubt
        ? happened
        : happened with { Reason = redaction.Reason(happened.Gid, happened.Method ?? string.Empty, happened.Reason) };
}
