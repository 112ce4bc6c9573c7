namespace Demo.Shop;

/// <summary>An order of some pieces of one item.</summary>
internal sealed record NewOrder(Guid Number, string Item, int Quantity, string Account)
{
    /// <summary>The ordinary one: three pieces of tea for Ada.</summary>
    public static NewOrder Ordinary() => new(Guid.NewGuid(), "tea", 3, "ada");
}
