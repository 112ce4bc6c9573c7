using System.Collections.Immutable;

namespace Fat;

/// <summary>A part of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The part.</param>
/// <param name="HasMore">There is more behind it.</param>
/// <param name="Unreachable">
/// The databases that could not be read, by name, and <c>registry</c> when that is away: what they know is missing here.
/// </param>
public sealed record FatList<T>(ImmutableArray<T> Items, bool HasMore, ImmutableArray<string> Unreachable);
