namespace Fat.Coordination;

/// <summary>
/// Bounds how many branches of this process run their method at once and how many may wait for their turn. A branch that
/// waits for a decision holds no place, and one that another one's method has called works in that one's place. Thread-safe.
/// </summary>
internal sealed class BranchWorkers(int maxConcurrent, int queueCapacity) : IDisposable
{
    private readonly SemaphoreSlim _places = new(maxConcurrent, maxConcurrent);
    private int _waiting;

    /// <summary>The most that run at once.</summary>
    public int Limit => maxConcurrent;

    /// <summary>The most that may wait.</summary>
    public int QueueLimit => queueCapacity;

    public int Running => maxConcurrent - _places.CurrentCount;

    public int Waiting => Volatile.Read(ref _waiting);

    /// <exception cref="FatSaturatedException">The queue is full.</exception>
    public ValueTask EnterAsync(CancellationToken cancellationToken) =>
        _places.Wait(0, CancellationToken.None) ? ValueTask.CompletedTask : new ValueTask(WaitAsync(cancellationToken));

    public void Leave() => _places.Release();

    public void Dispose() => _places.Dispose();

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > queueCapacity)
                throw new FatSaturatedException(maxConcurrent, queueCapacity);
            await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
