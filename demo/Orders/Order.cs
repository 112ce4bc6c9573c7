namespace Orders;

public sealed class Order
{
    public required Guid Number { get; init; }

    public required string Account { get; init; }

    public required decimal Price { get; init; }
}
