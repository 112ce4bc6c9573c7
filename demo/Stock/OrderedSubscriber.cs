using Fat;

namespace Stock;

/// <summary>Reserves what is ordered, once.</summary>
public sealed class OrderedSubscriber(StockContext context, Shelves shelves)
{
    [FatSubscribe("ordered", Group = "stock")]
    public Task HandleAsync(Ordered ordered, FatBarrier barrier, CancellationToken cancellationToken) =>
        barrier.CallAsync(context, _ => shelves.ReserveAsync(ordered.Order, ordered.Item, ordered.Quantity, cancellationToken), cancellationToken);
}
