namespace Stock;

public sealed class Reservation
{
    public long Id { get; init; }

    public required Guid Order { get; init; }

    public required string Item { get; init; }

    public required int Quantity { get; init; }
}
