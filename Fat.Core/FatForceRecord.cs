using System.Collections.Immutable;

namespace Fat;

/// <summary>The record of a decision that an operator forced, or tried to.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Asked">The decision that was asked for.</param>
/// <param name="HadEffect">It became the decision; else there was one already.</param>
/// <param name="Decision">The decision that stands.</param>
/// <param name="CommitSet">The branches that it commits.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When, by the clock of the database.</param>
/// <param name="Instance">The process that did it.</param>
/// <param name="Database">The database that holds this record.</param>
public sealed record FatForceRecord(
    string Gid,
    FatDecision Asked,
    bool HadEffect,
    FatDecision Decision,
    ImmutableArray<string> CommitSet,
    string By,
    string Reason,
    DateTimeOffset At,
    string Instance,
    string Database);
