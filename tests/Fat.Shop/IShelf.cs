namespace Fat.Shop;

/// <summary>The rows of a service.</summary>
public interface IShelf
{
    /// <summary>Enters a row of a request, as one branch.</summary>
    Task EnterAsync(int id, int row, CancellationToken cancellationToken);
}
