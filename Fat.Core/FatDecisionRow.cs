using System.Collections.Immutable;

namespace Fat;

/// <summary>A decision in a barrier table.</summary>
/// <param name="Database">The database.</param>
/// <param name="Decision">The decision.</param>
/// <param name="CommitSet">The branches that it commits.</param>
/// <param name="At">When it was written, by the database's clock.</param>
/// <param name="WithoutDecisionDatabase">It was forced here because the decision database is gone; the root's own decision is not here.</param>
public sealed record FatDecisionRow(string Database, FatDecision Decision, ImmutableArray<string> CommitSet, DateTimeOffset At, bool WithoutDecisionDatabase);
