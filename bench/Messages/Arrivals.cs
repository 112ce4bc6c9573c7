using System.Diagnostics;

namespace Fat.Bench.Messages;

/// <summary>When each message of a round was committed, and how long each of its deliveries then took. Thread-safe.</summary>
internal sealed class Arrivals
{
    private const int Most = 1 << 21;

    private readonly long[] _committing = new long[Most];
    private readonly double[] _times = new double[Most];
    private int _sent;
    private int _arrived;

    public int Sent => Volatile.Read(ref _sent);

    public int Arrived => Math.Min(Volatile.Read(ref _arrived), Most);

    /// <summary>The number of a new message.</summary>
    public int Next() => Interlocked.Increment(ref _sent) - 1;

    /// <summary>Its transaction has done everything but the COMMIT.</summary>
    public void Committing(int number) => Volatile.Write(ref _committing[number % Most], Stopwatch.GetTimestamp());

    /// <summary>A subscriber has committed it.</summary>
    public void Consumed(int number)
    {
        var at = Interlocked.Increment(ref _arrived) - 1;
        if (at < Most)
            _times[at] = Stopwatch.GetElapsedTime(Volatile.Read(ref _committing[number % Most])).TotalMilliseconds;
    }

    public IReadOnlyList<double> Sorted() => [.. _times.Take(Arrived).Order()];
}
