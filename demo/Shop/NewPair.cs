namespace Demo.Shop;

/// <summary>An order of one piece each of two items.</summary>
internal sealed record NewPair(Guid Number, string FirstItem, string SecondItem, string Account);
