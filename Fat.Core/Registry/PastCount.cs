using Fat.Protocol;

namespace Fat.Registry;

/// <summary>How many groups of a service ended in a minute or an hour.</summary>
/// <param name="From">When that began, by the registry's clock.</param>
internal sealed record PastCount(DateTimeOffset From)
{
    private const int ReasonLength = 200;

    public long Committed { get; init; }

    public long RolledBack { get; init; }

    public long InDoubt { get; init; }

    /// <summary>How long they took, by <see cref="LatencyBuckets"/>.</summary>
    public IReadOnlyDictionary<int, long> Latencies { get; init; } = new Dictionary<int, long>();

    /// <summary>Why they rolled back, in any order; of hours only.</summary>
    public IReadOnlyDictionary<AbortReason, long> Aborts { get; init; } = new Dictionary<AbortReason, long>();

    /// <summary>Roll backs for reasons beyond <see cref="RegistryLimits.ReasonsPerHour"/>.</summary>
    public long OtherAborts { get; init; }

    /// <summary>A reason as it is counted: short, and its method on one line.</summary>
    public static AbortReason Counted(AbortReason abort) => abort.Shortened(ReasonLength) with { Method = abort.Method.Replace('\n', ' ') };
}
