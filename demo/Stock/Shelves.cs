using Microsoft.EntityFrameworkCore;

namespace Stock;

/// <summary>Takes pieces from the shelves, in whatever transaction the context is.</summary>
public sealed class Shelves(StockContext context)
{
    /// <exception cref="OutOfStockException">There are fewer.</exception>
    public async Task<decimal> ReserveAsync(Guid order, string item, int quantity, CancellationToken cancellationToken)
    {
        var taken = await context.Items
            .Where(row => row.Name == item && row.Quantity >= quantity)
            .ExecuteUpdateAsync(row => row.SetProperty(it => it.Quantity, it => it.Quantity - quantity), cancellationToken);
        if (taken == 0)
            throw new OutOfStockException($"There are fewer than {quantity} pieces of {item}.");
        context.Reservations.Add(new Reservation { Order = order, Item = item, Quantity = quantity });
        await context.SaveChangesAsync(cancellationToken);
        return quantity * await context.Items.Where(row => row.Name == item).Select(row => row.Price).SingleAsync(cancellationToken);
    }
}
