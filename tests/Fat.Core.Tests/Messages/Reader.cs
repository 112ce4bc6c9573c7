using System.Collections.Concurrent;
using System.Text.Json;

namespace Fat.Core.Tests.Messages;

/// <summary>Fails at what it reads while it works, once for each order.</summary>
public sealed class Reader
{
    public const string Topic = "reader";

    private static readonly ConcurrentDictionary<int, bool> Failed = new();

    [FatSubscribe(Topic, RetryMilliseconds = 50)]
    public static Task HandleAsync(Ordered ordered)
    {
        if (Failed.TryAdd(ordered.Id, true))
            JsonDocument.Parse("{");
        return Task.CompletedTask;
    }
}
