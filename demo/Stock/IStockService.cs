namespace Stock;

public interface IStockService
{
    /// <summary>Adds the item, or changes its terms.</summary>
    Task FillAsync(string name, ItemTerms terms, CancellationToken cancellationToken);

    /// <summary>Takes pieces of an item out of the stock for an order and returns what they cost.</summary>
    /// <exception cref="OutOfStockException">There are fewer pieces.</exception>
    Task<decimal> ReserveAsync(Guid order, string item, int quantity, CancellationToken cancellationToken);
}
