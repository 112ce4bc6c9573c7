using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>How many groups of one service ended in each minute or hour. Not thread-safe: the store's lock guards it.</summary>
internal sealed class InMemoryCounts(PastStep step)
{
    private readonly SortedDictionary<long, PastCount> _counts = [];

    /// <param name="outcome">How the group ended.</param>
    /// <param name="duration">How long it took; null when it was counted before.</param>
    /// <param name="abort">Why it rolled back.</param>
    /// <param name="now">The present.</param>
    public void Add(PastOutcome outcome, TimeSpan? duration, AbortReason? abort, DateTimeOffset now)
    {
        var number = step.Of(now);
        while (_counts.Count > 0 && step.From(_counts.First().Key) + step.Kept < now)
            _counts.Remove(_counts.First().Key);
        var count = _counts.GetValueOrDefault(number) ?? new PastCount(step.From(number));
        count = outcome switch
        {
            PastOutcome.Committed => count with { Committed = count.Committed + 1 },
            PastOutcome.RolledBack => count with { RolledBack = count.RolledBack + 1 },
            _ => count with { InDoubt = count.InDoubt + 1 },
        };
        if (duration is { } took)
            count = count with { Latencies = Increased(count.Latencies, LatencyBuckets.Of(took)) };
        if (step.HasReasons && outcome == PastOutcome.RolledBack && abort is not null)
            count = Counted(count, PastCount.Counted(abort));
        _counts[number] = count;
    }

    public IReadOnlyList<PastCount> Last(int count, DateTimeOffset now) =>
        [.. step.Last(count, now).Select(number => _counts.GetValueOrDefault(number) ?? new PastCount(step.From(number)))];

    private static PastCount Counted(PastCount count, AbortReason abort) => count.Aborts.ContainsKey(abort) || count.Aborts.Count < RegistryLimits.ReasonsPerHour
        ? count with { Aborts = Increased(count.Aborts, abort) }
        : count with { OtherAborts = count.OtherAborts + 1 };

    private static Dictionary<TKey, long> Increased<TKey>(IReadOnlyDictionary<TKey, long> counts, TKey key)
        where TKey : notnull =>
        new(counts) { [key] = counts.GetValueOrDefault(key) + 1 };
}
