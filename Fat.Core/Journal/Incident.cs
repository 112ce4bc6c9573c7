using Fat.Protocol;

namespace Fat.Journal;

/// <summary>A held branch that its group has committed and that was lost.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Branch">The branch.</param>
/// <param name="Service">Whose branch it is.</param>
/// <param name="Database">The database, as that service calls it.</param>
/// <param name="Instance">The process that had its transaction.</param>
/// <param name="CallService">The type that was called.</param>
/// <param name="CallMethod">Its method, with the types of its parameters.</param>
/// <param name="Name">Both for people.</param>
/// <param name="Replay">The method may run again.</param>
/// <param name="Arguments">JSON; null when there are none.</param>
/// <param name="Problem">Why there are none.</param>
/// <param name="State">One of <see cref="JournalState"/>.</param>
/// <param name="Version">Goes up with every change.</param>
/// <param name="Attempts">How often a replay was begun.</param>
/// <param name="Reason">Why it is open, or what an operator noted.</param>
/// <param name="Began">When the branch was about to vote, by the database's clock.</param>
/// <param name="Changed">When it last changed, by the same.</param>
internal sealed record Incident(
    GroupId Gid,
    BranchId Branch,
    string Service,
    string Database,
    string Instance,
    string CallService,
    string CallMethod,
    string Name,
    bool Replay,
    string? Arguments,
    string? Problem,
    string State,
    int Version,
    int Attempts,
    string? Reason,
    DateTimeOffset Began,
    DateTimeOffset Changed)
{
    public bool IsOpen => State is JournalState.Open or JournalState.Failed;
}
