using System.Threading.Channels;
using Fat.Diagnostics;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>
/// News for the registry that nobody waits for, sent in batches and again after a failure. What the registry does not take, or is slow
/// to take, does not hold up what comes behind it. What is lost with the process, or dropped because the registry is away for so long that there
/// is too much of it, is found by recovery. Thread-safe.
/// </summary>
internal abstract class BatchQueue<T> : IAsyncDisposable
{
    internal const int LargestBatch = 256;

    /// <summary>How many parts wait to be sent again: some ten minutes of two hundred a second.</summary>
    private const int Capacity = 100_000;

    /// <summary>How long the next batch waits for one that is on its way.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(2);

    private readonly Channel<T> _queue;
    private readonly Channel<IReadOnlyList<T>> _refused;
    private readonly Cancellation _stopping;
    private readonly string _name;
    private readonly Task _sending;
    private readonly Task _sendingAgain;
    private readonly Reminder _reminder;
    private volatile RegistryUnavailableException? _failure;
    private long _dropped;
    private long _left;

    protected BatchQueue(string name, Node node, int capacity = Capacity)
    {
        _name = name;
        Node = node;
        _reminder = new Reminder(node.Time, Reminder.Usual);
        _queue = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = node.Background.IsInline });
        _refused = Channel.CreateBounded<IReadOnlyList<T>>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, AllowSynchronousContinuations = node.Background.IsInline },
            _ => Interlocked.Increment(ref _dropped));
        _stopping = new Cancellation(node.Background);
        _sending = node.Background.Start(SendAllAsync);
        _sendingAgain = node.Background.Start(SendRefusedAsync);
    }

    /// <summary>Sends what is queued as far as the registry takes it at once, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete())
            return;
        await _stopping.RequestAsync().ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        _refused.Writer.TryComplete();
        await _sendingAgain.ConfigureAwait(false);
        TellDropped();
        if (_left > 0)
            FatLog.NotSent(Node.Logger, _name, _left, _failure);
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Node Node { get; }

    /// <summary>How long the first of a batch waits for others.</summary>
    protected virtual TimeSpan Gathering => TimeSpan.Zero;

    protected void Enqueue(T item) => _queue.Writer.TryWrite(item);

    /// <summary>What can be sent without the rest: the registry may be in reach for one part and not for another.</summary>
    protected virtual IEnumerable<IReadOnlyList<T>> Parts(IReadOnlyList<T> batch) => [batch];

    /// <summary>Sends a part; repeating one that was sent as far as it went must be harmless, behind later ones too.</summary>
    protected abstract Task SendAsync(IReadOnlyList<T> part, CancellationToken cancellationToken);

    private async Task SendAllAsync()
    {
        var underWay = new List<Task>();
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (Gathering > TimeSpan.Zero)
                await PauseAsync(Gathering).ConfigureAwait(false);
            Task sending = Task.WhenAll(Parts(Next(_queue.Reader)).Select(TrySendAsync));
            await sending.WaitAsync(Patience, Node.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            underWay.Add(sending);
            underWay.RemoveAll(task => task.IsCompletedSuccessfully);
        }

        await Task.WhenAll(underWay).ConfigureAwait(false);
    }

    private async Task SendRefusedAsync()
    {
        var pause = TimeSpan.Zero;
        while (await _refused.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            pause = pause == TimeSpan.Zero ? FirstRetry : pause * 2 < LongestRetry ? pause * 2 : LongestRetry;
            if (_reminder.IsDue())
            {
                FatLog.NotSent(Node.Logger, _name, _refused.Reader.Count, _failure);
                TellDropped();
            }

            var batch = Next(_refused.Reader);
            await PauseAsync(pause).ConfigureAwait(false);
            var taken = await Task.WhenAll(batch.Select(TrySendAsync)).ConfigureAwait(false);
            if (taken.Contains(true))
                pause = TimeSpan.Zero;
            else if (_stopping.IsRequested)
                break;
        }

        while (_refused.Reader.TryRead(out _))
            Interlocked.Increment(ref _left);
    }

    private void TellDropped()
    {
        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            FatLog.NewsDropped(Node.Logger, _name, dropped);
    }

    private async Task<bool> TrySendAsync(IReadOnlyList<T> part)
    {
        try
        {
            await SendAsync(part, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (RegistryUnavailableException exception)
        {
            // Nothing is lost but time: sent again, or, when the process stops, found by recovery.
            _failure = exception;
            if (_stopping.IsRequested || !_refused.Writer.TryWrite(part))
                Interlocked.Increment(ref _left);
            return false;
        }
    }

    private static List<TNext> Next<TNext>(ChannelReader<TNext> reader)
    {
        var batch = new List<TNext>();
        while (batch.Count < LargestBatch && reader.TryRead(out var item))
            batch.Add(item);
        return batch;
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
