using System.Threading.Channels;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Samples on for as long as somebody listens: one sample for all who do. The owner's lock guards who listens.</summary>
internal sealed class LiveFeed : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly Func<CancellationToken, Task<byte[]?>> _sample;
    private readonly TimeProvider _time;
    private readonly Task _sampling;

    /// <summary>Replaced as a whole: the sampler reads it without a lock.</summary>
    private volatile Channel<byte[]>[] _listeners = [];
    private volatile byte[]? _last;

    public LiveFeed(Func<CancellationToken, Task<byte[]?>> sample, TimeProvider time)
    {
        (_sample, _time) = (sample, time);

        // Not part of the request that happens to be the first.
        using var flow = ExecutionContext.SuppressFlow();
        _sampling = Task.Run(SampleAsync);
    }

    public bool IsIdle => _listeners.Length == 0;

    /// <summary>Gets the samples from now on, and the last one at once. Who is slow is given the newest only.</summary>
    public Channel<byte[]> Add()
    {
        var listener = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        _listeners = [.. _listeners, listener];
        if (_last is { } last)
            listener.Writer.TryWrite(last);
        return listener;
    }

    public void Remove(Channel<byte[]> listener) => _listeners = [.. _listeners.Where(other => other != listener)];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sampling.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task SampleAsync()
    {
        using var timer = new PeriodicTimer(Every, _time);
        try
        {
            do
            {
                if (await _sample(_stop.Token).ConfigureAwait(false) is not { } sample)
                    continue;
                _last = sample;
                foreach (var listener in _listeners)
                    listener.Writer.TryWrite(sample);
            }
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
    }
}
