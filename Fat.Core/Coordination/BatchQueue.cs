using System.Threading.Channels;
using Fat.Diagnostics;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>
/// News for the registry that nobody waits for, sent in batches and again after a failure. What is lost with the process is
/// found by recovery. Thread-safe.
/// </summary>
internal abstract class BatchQueue<T> : IAsyncDisposable
{
    private const int LargestBatch = 256;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(2);

    private readonly Channel<T> _queue;
    private readonly Cancellation _stopping;
    private readonly string _name;
    private readonly Task _running;

    protected BatchQueue(string name, Node node)
    {
        _name = name;
        Node = node;
        _queue = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = node.Background.IsInline });
        _stopping = new Cancellation(node.Background);
        _running = node.Background.Start(LoopAsync);
    }

    /// <summary>Sends what is queued as far as the registry takes it at once, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete())
            return;
        await _stopping.RequestAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Node Node { get; }

    /// <summary>How long the first of a batch waits for others.</summary>
    protected virtual TimeSpan Gathering => TimeSpan.Zero;

    protected void Enqueue(T item) => _queue.Writer.TryWrite(item);

    /// <summary>Sends a batch; repeating one that was sent in part must be harmless.</summary>
    protected abstract Task SendAsync(IReadOnlyList<T> batch, CancellationToken cancellationToken);

    private async Task LoopAsync()
    {
        var batch = new List<T>(LargestBatch);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (Gathering > TimeSpan.Zero)
                await PauseAsync(Gathering).ConfigureAwait(false);
            batch.Clear();
            while (batch.Count < LargestBatch && _queue.Reader.TryRead(out var item))
                batch.Add(item);
            await SendUntilTakenAsync(batch).ConfigureAwait(false);
        }
    }

    private async Task SendUntilTakenAsync(List<T> batch)
    {
        for (var pause = FirstRetry; ; pause = pause * 2 < LongestRetry ? pause * 2 : LongestRetry)
        {
            try
            {
                await SendAsync(batch, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (RegistryUnavailableException exception)
            {
                // Nothing is lost but time: sent again, or, when the process stops, found by recovery.
                FatLog.NotSent(Node.Logger, _name, batch.Count, exception);
                if (_stopping.IsRequested)
                    return;
            }

            await PauseAsync(pause).ConfigureAwait(false);
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, Node.Time, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping: what there is goes out at once, and one last time.
        }
    }
}
