namespace Fat.Testing.Data;

/// <summary>A row of the barrier table.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Op">Whether it is the decision or was forced elsewhere.</param>
/// <param name="Reason">The decision.</param>
/// <param name="Payload">The branches that it commits.</param>
/// <param name="At">When it was written.</param>
/// <param name="Written">The same, for its age.</param>
internal sealed record DecisionRow(string Gid, string Op, string Reason, string? Payload, DateTimeOffset At, long Written);
