using System.Globalization;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Administration;

/// <summary>What is remembered, in the words that operators see.</summary>
internal static class PastShown
{
    private const double HalfOfThem = 0.5;
    private const double NinetyNineOfHundred = 0.99;

    public static FatPastGroup Of(PastGroup group) => new()
    {
        Gid = group.Gid.ToString(),
        Service = group.Root.Service.Text,
        Instance = group.Root.IsUnknown ? string.Empty : group.Root.Text,
        Method = group.Method,
        Outcome = Of(group.Outcome),
        Began = group.Began,
        Ended = group.Ended,
        Branches = group.Branches,
        Abort = Shown.Of(group.Abort),
    };

    public static FatGroupHistory Of(PastRecord record) => new(Of(record.Group), [.. record.Branches.OrderBy(branch => branch.Id, ByCall).Select(Of)]);

    /// <summary>The counts of several services for the same times.</summary>
    public static FatGroupCount Of(IReadOnlyCollection<PastCount> counts)
    {
        var latencies = Sum(counts.SelectMany(count => count.Latencies));
        var aborts = Sum(counts.SelectMany(count => count.Aborts)).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Reason, StringComparer.Ordinal).ToList();
        var others = counts.Sum(count => count.OtherAborts) + aborts.Skip(RegistryLimits.ReasonsPerHour).Sum(pair => pair.Value);
        var shown = aborts.Take(RegistryLimits.ReasonsPerHour).Select(pair => new FatAbortCount(Shown.Of(pair.Key)!, pair.Value));
        return new FatGroupCount
        {
            From = counts.First().From,
            Committed = counts.Sum(count => count.Committed),
            RolledBack = counts.Sum(count => count.RolledBack),
            InDoubt = counts.Sum(count => count.InDoubt),
            Median = LatencyBuckets.Quantile(latencies, HalfOfThem),
            P99 = LatencyBuckets.Quantile(latencies, NinetyNineOfHundred),
            Aborts = [.. others > 0 ? shown.Append(new FatAbortCount(new FatGroupAbort(string.Empty, string.Empty, string.Empty), others)) : shown],
        };
    }

    public static PastOutcome? Of(FatOutcome? outcome) => outcome switch
    {
        null => null,
        FatOutcome.Committed => PastOutcome.Committed,
        FatOutcome.RolledBack => PastOutcome.RolledBack,
        FatOutcome.InDoubt => PastOutcome.InDoubt,
        FatOutcome.Answered => PastOutcome.Told,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Ask for groups that committed, rolled back, are in doubt, or of which only branches have told."),
    };

    /// <summary>The tree of calls from its root, a call before those below it; then by execution and number.</summary>
    private static Comparer<BranchId> ByCall { get; } = Comparer<BranchId>.Create((one, other) =>
    {
        var (first, second) = (Path(one), Path(other));
        for (var at = 0; at < Math.Min(first.Length, second.Length); at++)
        {
            if (first[at] != second[at])
                return first[at].CompareTo(second[at]);
        }

        return first.Length != second.Length ? first.Length.CompareTo(second.Length)
            : one.Scope != other.Scope ? string.CompareOrdinal(one.Scope.Text, other.Scope.Text)
            : one.Text.Length != other.Text.Length ? one.Text.Length.CompareTo(other.Text.Length)
            : string.CompareOrdinal(one.Text, other.Text);
    });

    private static long[] Path(BranchId branch) => [.. branch.Scope.Call.Text.Split('.')
        .Select(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue)];

    private static Dictionary<TKey, long> Sum<TKey>(IEnumerable<KeyValuePair<TKey, long>> counts)
        where TKey : notnull
    {
        var sums = new Dictionary<TKey, long>();
        foreach (var (key, count) in counts)
            sums[key] = sums.GetValueOrDefault(key) + count;
        return sums;
    }

    private static FatOutcome Of(PastOutcome outcome) => outcome switch
    {
        PastOutcome.Committed => FatOutcome.Committed,
        PastOutcome.RolledBack => FatOutcome.RolledBack,
        PastOutcome.InDoubt => FatOutcome.InDoubt,
        _ => FatOutcome.Answered,
    };

    private static FatPastBranch Of(PastBranch branch) => new()
    {
        Branch = branch.Id.Text,
        Service = branch.Instance.Service.Text,
        Instance = branch.Instance.Text,
        Method = branch.Method,
        Database = branch.Database.Text,
        Vote = Shown.Of(branch.Vote),
        Decision = branch.Decision is { } decision ? Shown.Of(decision) : null,
        Enlisted = branch.Enlisted,
        Voted = branch.Voted,
        Decided = branch.Decided,
        Finished = branch.Finished,
        Failure = branch.Failure,
    };
}
