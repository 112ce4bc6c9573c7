namespace Fat.Resources;

/// <summary>
/// A cancellation that cannot fail, neither when it is asked for nor when its time comes. A driver's reaction can: Npgsql 10.0.0 throws out of the
/// token's callback when the connection that it would cancel is gone, which would leave a stop half done, and, on a timer's thread, end the process.
/// Thread-safe.
/// </summary>
internal sealed class Cancellation : IDisposable
{
    // Not disposed: a timer may be about to cancel it, and without a wait handle it holds nothing.
    private readonly CancellationTokenSource _source = new();
    private readonly Background _background;
    private readonly ITimer? _timer;

    public Cancellation(Background background) => _background = background;

    /// <summary>One that comes by itself.</summary>
    public Cancellation(Background background, TimeSpan after, TimeProvider time)
        : this(background) =>
        _timer = time.CreateTimer(static self => _ = ((Cancellation)self!).RequestAsync(), this, after, Timeout.InfiniteTimeSpan);

    public CancellationToken Token => _source.Token;

    public bool IsRequested => _source.IsCancellationRequested;

    /// <summary>The token is cancelled when this returns, and what is registered with it has run when the task ends.</summary>
    public async Task RequestAsync()
    {
        try
        {
            await _background.CancelAsync(_source).ConfigureAwait(false);
        }
        catch (AggregateException)
        {
            // Nothing is decided by it: whoever awaits the work that was given the token learns how that ended.
        }
    }

    public void Dispose() => _timer?.Dispose();
}
