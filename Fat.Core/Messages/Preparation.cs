namespace Fat.Messages;

/// <summary>
/// News of a local transaction that is about to begin, held back for a moment: most transactions are over by then, and what is submitted needs not to be told of before. Thread-safe.
/// </summary>
internal sealed class Preparation : IDisposable
{
    private readonly Action _tell;
    private readonly ITimer _timer;
    private int _over;

    public Preparation(Action tell, TimeSpan after, TimeProvider time)
    {
        _tell = tell;
        _timer = time.CreateTimer(static self => ((Preparation)self!).Tell(), this, after, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Tells now, unless it was told or is no news any more.</summary>
    public void Tell()
    {
        if (Interlocked.Exchange(ref _over, 1) == 0)
            _tell();
    }

    /// <summary>It is no news any more.</summary>
    public void Dispose()
    {
        _ = Interlocked.Exchange(ref _over, 1);
        _timer.Dispose();
    }
}
