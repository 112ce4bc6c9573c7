using Fat.Protocol;

namespace Fat.Journal;

/// <summary>Something that has happened to an incident.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Branch">The branch.</param>
/// <param name="Id">The event.</param>
/// <param name="Kind">One of <see cref="IncidentKind"/>.</param>
/// <param name="Version">The incident's since then.</param>
/// <param name="Reason">Why, or the operator's note.</param>
/// <param name="By">The operator.</param>
/// <param name="Attempts">How often a replay was begun.</param>
/// <param name="Instance">The process that wrote it.</param>
/// <param name="At">When, by the database's clock.</param>
/// <param name="Handled">The handlers know.</param>
/// <param name="Tries">How often telling was begun.</param>
/// <param name="Method">The method of the branch.</param>
internal sealed record IncidentEvent(
    GroupId Gid,
    BranchId Branch,
    string Id,
    string Kind,
    int Version,
    string? Reason,
    string? By,
    int Attempts,
    string Instance,
    DateTimeOffset At,
    bool Handled,
    int Tries,
    string Method);
