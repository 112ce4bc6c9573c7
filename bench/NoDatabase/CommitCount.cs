namespace Fat.Bench.NoDatabase;

/// <summary>How many transactions of <see cref="NoConnection"/> this process has committed: tells when every branch has obeyed.</summary>
internal static class CommitCount
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static long _value;

    public static long Value => Volatile.Read(ref _value);

    public static void Add() => Interlocked.Increment(ref _value);

    /// <exception cref="TimeoutException">They were not all committed within a minute.</exception>
    public static async Task ReachedAsync(long value, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (Value < value)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Longest)
                throw new TimeoutException($"{Value} of {value} branches were committed.");
            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
    }
}
