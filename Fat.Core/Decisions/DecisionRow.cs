using Fat.Protocol;

namespace Fat.Decisions;

/// <summary>A decision as a barrier table holds it.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Forced">It was forced here because the decision database is gone: the root's decision is not in this table.</param>
/// <param name="Decision">The decision, with the branches that it commits.</param>
/// <param name="At">When it was written, by the database's clock.</param>
internal sealed record DecisionRow(GroupId Gid, bool Forced, DecisionRecord Decision, DateTimeOffset At);
