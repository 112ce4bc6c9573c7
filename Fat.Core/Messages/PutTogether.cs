using System.Collections.Concurrent;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>
/// Puts pieces of work into queues: while one command is under way, what comes for the same queue waits and goes with the next, in its order. So many messages at once are few commands. Thread-safe.
/// </summary>
internal sealed class PutTogether(MessageCenter center)
{
    private const int Most = 64;

    private readonly ConcurrentDictionary<QueueName, Line> _lines = new();

    /// <summary>Ends when the registry has taken it.</summary>
    /// <exception cref="RegistryUnavailableException">It may have been put or not.</exception>
    public Task PutAsync(QueueName queue, WorkItem item, CancellationToken cancellationToken)
    {
        var line = _lines.GetOrAdd(queue, static _ => new Line());
        var waiting = new Waiting(item);
        bool begins;
        lock (line.Gate)
        {
            line.Waiting.Enqueue(waiting);
            begins = !line.IsSending;
            line.IsSending = true;
        }

        if (begins)
            _ = center.Node.Background.Start(() => SendAsync(queue, line));
        return waiting.Taken.Task.WaitAsync(cancellationToken);
    }

    private async Task SendAsync(QueueName queue, Line line)
    {
        while (Next(line) is { Count: > 0 } batch)
        {
            try
            {
                await center.Queues.PutAsync(queue, [.. batch.Select(one => one.Item)], CancellationToken.None).ConfigureAwait(false);
                batch.ForEach(one => one.Taken.TrySetResult());
            }
            catch (Exception exception)
            {
                // Put or not: those who wait are told, and recovery finds what is missing.
                batch.ForEach(one => one.Taken.TrySetException(exception));
            }
        }
    }

    private static List<Waiting> Next(Line line)
    {
        var batch = new List<Waiting>();
        lock (line.Gate)
        {
            while (batch.Count < Most && line.Waiting.TryDequeue(out var one))
                batch.Add(one);
            line.IsSending = batch.Count > 0;
        }

        return batch;
    }

    private sealed class Line
    {
        public Lock Gate { get; } = new();

        public Queue<Waiting> Waiting { get; } = new();

        public bool IsSending { get; set; }
    }

    private sealed record Waiting(WorkItem Item)
    {
        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
