namespace Stock;

public sealed class Item
{
    public required string Name { get; init; }

    public int Quantity { get; set; }

    /// <summary>The price of one piece.</summary>
    public decimal Price { get; set; }
}
