using System.Collections.Immutable;

namespace Fat;

/// <summary>A page of a list that is read on from a place, however long the list is.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The page.</param>
/// <param name="Next">Where the next page begins; null when there is none.</param>
public sealed record FatPage<T>(ImmutableArray<T> Items, string? Next);
