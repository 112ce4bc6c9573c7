using Fat;
using Microsoft.EntityFrameworkCore;

namespace Stock;

public sealed class StockService(StockContext context) : IStockService
{
    [FatTransaction]
    public async Task FillAsync(string name, ItemTerms terms, CancellationToken cancellationToken)
    {
        var item = await context.Items.FindAsync([name], cancellationToken)
            ?? context.Items.Add(new Item { Name = name }).Entity;
        item.Quantity = terms.Quantity;
        item.Price = terms.Price;
        await context.SaveChangesAsync(cancellationToken);
    }

    [FatTransaction]
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
