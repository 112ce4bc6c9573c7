namespace Accounts;

/// <summary>What Orders tells of an order that it has taken.</summary>
public sealed record Ordered(Guid Order, string Account, decimal Price);
