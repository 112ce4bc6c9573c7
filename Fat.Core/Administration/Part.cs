using System.Collections.Immutable;

namespace Fat.Administration;

/// <summary>Which part of a list is asked for.</summary>
internal sealed record Part
{
    private const int LargestLimit = 1000;
    private const int LargestSkip = 100_000;

    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Part(int limit, int skip)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LargestLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(skip, LargestSkip);
        (Limit, Skip) = (limit, skip);
    }

    public int Limit { get; }

    public int Skip { get; }

    /// <summary>How many to read so that one can tell whether there are more.</summary>
    public int Most => Skip + Limit + 1;

    public FatList<T> Of<T>(IEnumerable<T> all, Attempts attempts)
    {
        ImmutableArray<T> rest = [.. all.Skip(Skip).Take(Limit + 1)];
        return rest.Length > Limit ? new FatList<T>(rest[..Limit], HasMore: true, attempts.Failed) : new FatList<T>(rest, HasMore: false, attempts.Failed);
    }
}
