namespace Stock;

public sealed record ReservationRequest(Guid Order, string Item, int Quantity);

public sealed record DeliveryRequest(Guid Order, string Item, int Quantity, string Account);

/// <param name="Price">What the reserved pieces cost in all.</param>
public sealed record Reserved(decimal Price);

/// <summary>How many pieces of an item there are, and what one costs.</summary>
public sealed record ItemTerms(int Quantity, decimal Price);

/// <summary>What Orders tells of an order that it has taken.</summary>
public sealed record Ordered(Guid Order, string Item, int Quantity);
