using Fat.Protocol;

namespace Fat.Decisions;

/// <summary>A record of the audit table.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Asked">The decision that was asked for.</param>
/// <param name="Decided">Whether this force made the decision.</param>
/// <param name="Standing">The decision that stands, with the branches that it commits.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="Instance">The process that did it.</param>
/// <param name="At">When, by the database's clock.</param>
internal sealed record ForceRecord(
    GroupId Gid, Decision Asked, bool Decided, DecisionRecord Standing, string By, string Reason, string Instance, DateTimeOffset At);
