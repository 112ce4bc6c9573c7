using System.Collections.Immutable;

namespace Fat.Registry;

/// <summary>All that is remembered of a group.</summary>
/// <param name="Group">The group.</param>
/// <param name="Branches">Its branches, in the order in which they were told of.</param>
internal sealed record PastRecord(PastGroup Group, ImmutableArray<PastBranch> Branches);
