namespace Fat.Shop;

/// <summary>The same, and what it does is not to be done again by itself.</summary>
public sealed class OnceShelf : IShelf
{
    private readonly Shelf _shelf = new();

    [FatTransaction]
    public Task EnterAsync(int id, int row, CancellationToken cancellationToken) => _shelf.EnterAsync(id, row, cancellationToken);
}
