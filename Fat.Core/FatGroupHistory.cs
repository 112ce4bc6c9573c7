using System.Collections.Immutable;

namespace Fat;

/// <summary>A group that has ended, with its branches. Immutable.</summary>
/// <param name="Group">The group.</param>
/// <param name="Branches">What each process told of its branches, by call and branch. One whose process died before it could tell is missing.</param>
public sealed record FatGroupHistory(FatPastGroup Group, ImmutableArray<FatPastBranch> Branches);
