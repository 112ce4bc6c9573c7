using Fat.Resources;

namespace Fat.Messages;

/// <summary>
/// Sends items in batches without waiting for any: while one batch is under way, what comes waits and goes with the next, in its order. So many at once are few commands, and one alone is as quick as without.
/// Thread-safe.
/// </summary>
/// <param name="background">Where batches are sent.</param>
/// <param name="send">Sends a batch. When it fails, nobody knows how much of it was sent.</param>
internal sealed class BatchLine<T>(Background background, Func<IReadOnlyList<T>, Task> send)
{
    private const int Most = 64;

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private bool _isSending;

    /// <summary>Ends, or fails, with the batch that the item goes in.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Cancels the wait; the item goes all the same.</param>
    public Task SendAsync(T item, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(item, new TaskCompletionSource(background.Completion));
        bool begins;
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            begins = !_isSending;
            _isSending = true;
        }

        if (begins)
            _ = background.Start(SendAllAsync);
        return waiting.Sent.Task.WaitAsync(cancellationToken);
    }

    private async Task SendAllAsync()
    {
        while (Next() is { Count: > 0 } batch)
        {
            try
            {
                await send([.. batch.Select(one => one.Item)]).ConfigureAwait(false);
                batch.ForEach(one => one.Sent.TrySetResult());
            }
            catch (Exception exception)
            {
                // Sent or not: those who wait are told.
                batch.ForEach(one => one.Sent.TrySetException(exception));
            }
        }
    }

    private List<Waiting> Next()
    {
        var batch = new List<Waiting>();
        lock (_gate)
        {
            while (batch.Count < Most && _waiting.TryDequeue(out var one))
                batch.Add(one);
            _isSending = batch.Count > 0;
        }

        return batch;
    }

    private sealed record Waiting(T Item, TaskCompletionSource Sent);
}
