namespace Fat.Registry;

/// <summary>Durations are counted in buckets, each 15 % wider than the one before, from 0.1 ms to more than an hour: what is read off is right within 8 %.</summary>
internal static class LatencyBuckets
{
    /// <summary>How many there are.</summary>
    public const int Count = 126;

    private const double Ratio = 1.15;
    private const double LeastMicroseconds = 100;

    public static int Of(TimeSpan duration) => duration.TotalMicroseconds <= LeastMicroseconds
        ? 0
        : Math.Min(Count - 1, (int)Math.Ceiling(Math.Log(duration.TotalMicroseconds / LeastMicroseconds, Ratio)));

    /// <summary>What so many of all took at most: 0.5 for half of them. Null when there were none.</summary>
    public static TimeSpan? Quantile(IReadOnlyDictionary<int, long> counts, double share)
    {
        var left = (long)Math.Ceiling(counts.Values.Sum() * share);
        if (left == 0)
            return null;
        foreach (var (bucket, count) in counts.OrderBy(pair => pair.Key))
        {
            left -= count;
            if (left <= 0)
                return Middle(bucket);
        }

        return null;
    }

    /// <summary>In the sense of the ratio, so that both ends are equally far.</summary>
    private static TimeSpan Middle(int bucket) => TimeSpan.FromMicroseconds(LeastMicroseconds * Math.Pow(Ratio, bucket - 0.5));
}
