using Fat.Journal;
using Fat.Protocol;

namespace Fat.Incidents;

/// <summary>What stands in a journal, in the words that people and their programs see.</summary>
internal static class IncidentText
{
    public static FatIncident Shown(Incident incident) => new()
    {
        Gid = incident.Gid.ToString(),
        Branch = incident.Branch.Text,
        Database = incident.Database,
        Method = incident.Name,
        State = incident.State switch
        {
            JournalState.Open => FatIncidentState.Open,
            JournalState.Failed => FatIncidentState.Failed,
            JournalState.Replayed => FatIncidentState.Replayed,
            _ => FatIncidentState.Closed,
        },
        Version = incident.Version,
        Attempts = incident.Attempts,
        Reason = incident.Reason,
        AllowsReplay = incident.Replay,
        Began = incident.Began,
        Changed = incident.Changed,
        Instance = incident.Instance,
    };

    public static FatIncidentEvent Told(IncidentEvent happened, FatName service, FatName database) => new()
    {
        Id = happened.Id,
        Kind = happened.Kind switch
        {
            IncidentKind.Opened => FatIncidentEventKind.Opened,
            IncidentKind.Replayed => FatIncidentEventKind.Replayed,
            IncidentKind.Failed => FatIncidentEventKind.Failed,
            _ => FatIncidentEventKind.Closed,
        },
        Service = service.Text,
        Instance = happened.Instance,
        Database = database.Text,
        Gid = happened.Gid.ToString(),
        Branch = happened.Branch.Text,
        Method = happened.Method,
        Version = happened.Version,
        Reason = happened.Reason,
        By = happened.By,
        Attempts = happened.Attempts,
        At = happened.At,
    };
}
