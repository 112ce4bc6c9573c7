using Fat.Protocol;

namespace Fat.Diagnostics;

/// <summary>How long a queue was when it was last looked up. Thread-safe.</summary>
/// <param name="service">Who works on it.</param>
/// <param name="queue">The queue.</param>
internal sealed class QueueLength(FatName service, QueueName queue)
{
    private volatile Lengths? _counts;

    public FatName Service => service;

    public QueueName Queue => queue;

    /// <summary>Null until it was looked up.</summary>
    public Lengths? Counts
    {
        get => _counts;
        set => _counts = value;
    }

    /// <summary>How many pieces of work there are in each state.</summary>
    internal sealed record Lengths(long Ready, long Later, long Taken, long SetAside);
}
