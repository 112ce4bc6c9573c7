using Fat;

namespace Stock;

public sealed class StockService(StockContext context, Shelves shelves) : IStockService
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
    public Task<decimal> ReserveAsync(Guid order, string item, int quantity, CancellationToken cancellationToken) =>
        shelves.ReserveAsync(order, item, quantity, cancellationToken);
}
