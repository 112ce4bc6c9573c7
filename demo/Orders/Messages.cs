namespace Orders;

/// <param name="Number">The client's number of the order: one that exists already is refused.</param>
/// <param name="Item">What is ordered.</param>
/// <param name="Quantity">How many pieces.</param>
/// <param name="Account">Who pays.</param>
public sealed record PlaceOrder(Guid Number, string Item, int Quantity, string Account);

/// <summary>An order of one piece each of two items.</summary>
public sealed record PlacePair(Guid Number, string FirstItem, string SecondItem, string Account);

/// <summary>An order that is carried out behind its answer, at a price that the client has been told before.</summary>
public sealed record PlaceOrderLater(Guid Number, string Item, int Quantity, string Account, decimal Price);

/// <summary>What Stock and Accounts are told of such an order.</summary>
public sealed record Ordered(Guid Order, string Item, int Quantity, string Account, decimal Price);
