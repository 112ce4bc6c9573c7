using System.Collections.Concurrent;
using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Messages;

/// <summary>What is published.</summary>
public sealed record Ordered(int Id, string Text);

/// <summary>Adds an item for each order, exactly once, and fails when it is told to.</summary>
public sealed class Shipping(ItemsContext items)
{
    public const string Topic = "ordered";

    /// <summary>Orders whose handling fails, after the work and before the commit.</summary>
    public static readonly ConcurrentDictionary<int, string> Failing = new();

    /// <summary>Orders whose handling lasts.</summary>
    public static readonly ConcurrentDictionary<int, Task> Staying = new();

    /// <summary>How often each order was handled.</summary>
    public static readonly ConcurrentDictionary<int, int> Handled = new();

    [FatSubscribe(Topic, Group = "shipping", MaxAttempts = 3)]
    public async Task HandleAsync(Ordered ordered, FatBarrier barrier, FatDelivery delivery, CancellationToken cancellationToken)
    {
        Handled.AddOrUpdate(ordered.Id, 1, (_, count) => count + 1);
        await barrier.CallAsync(items, async _ =>
        {
            items.Add(new Item { Id = ordered.Id, Text = $"{delivery.Topic} {ordered.Text}" });
            await items.SaveChangesAsync(cancellationToken);
            if (Staying.TryGetValue(ordered.Id, out var until))
                await until;
            if (Failing.TryGetValue(ordered.Id, out var reason))
                throw new InvalidOperationException(reason);
        }, cancellationToken);
    }
}

/// <summary>Another group of the same topic.</summary>
public sealed class Billing(ItemsContext items)
{
    [FatSubscribe(Shipping.Topic, Group = "billing")]
    public async Task HandleAsync(Ordered ordered, FatBarrier barrier, CancellationToken cancellationToken) => await barrier.CallAsync(items, async _ =>
    {
        items.Add(new Item { Id = ordered.Id, Text = "billed" });
        await items.SaveChangesAsync(cancellationToken);
    }, cancellationToken);
}
