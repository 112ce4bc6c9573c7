namespace Demo.Shop;

/// <summary>An order that is carried out behind its answer.</summary>
internal sealed record NewLater(Guid Number, string Item, int Quantity, string Account, decimal Price)
{
    /// <summary>The ordinary one: three pieces of tea for Ada.</summary>
    public static NewLater Ordinary() => new(Guid.NewGuid(), "tea", 3, "ada", 30);
}
