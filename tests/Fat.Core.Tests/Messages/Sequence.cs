using System.Collections.Concurrent;

namespace Fat.Core.Tests.Messages;

/// <summary>Keeps the order in which orders are done.</summary>
public sealed class Sequence
{
    public const string Topic = "sequence";

    public static readonly ConcurrentQueue<int> Done = new();

    public static readonly ConcurrentDictionary<int, int> Failures = new();

    [FatSubscribe(Topic, Concurrency = 4, RetryMilliseconds = 50)]
    public static Task HandleAsync(Ordered ordered)
    {
        if (Failures.TryGetValue(ordered.Id, out var left) && left > 0)
        {
            Failures[ordered.Id] = left - 1;
            throw new InvalidOperationException("Not yet.");
        }

        Done.Enqueue(ordered.Id);
        return Task.CompletedTask;
    }
}
