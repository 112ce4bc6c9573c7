namespace Fat.Testing.Tests.Shop;

/// <summary>Where a service keeps its pieces; in production a DbContext.</summary>
public interface IPieces
{
    ValueTask TakeAsync(string item, int count, CancellationToken cancellationToken);
}

public interface IStock
{
    Task ReserveAsync(string item, int count, CancellationToken cancellationToken);

    Task<int> CountAsync(string item, CancellationToken cancellationToken);

    [FatServiceRegister]
    Task ReserveAsRootAsync(string item, int count, CancellationToken cancellationToken);
}

public sealed class Stock(IPieces pieces, FatTestDatabase database) : IStock
{
    [FatTransaction]
    public async Task ReserveAsync(string item, int count, CancellationToken cancellationToken) => await pieces.TakeAsync(item, count, cancellationToken);

    [FatTransaction(ReadOnly = true)]
    public async Task<int> CountAsync(string item, CancellationToken cancellationToken) => await database.Table<string, int>("pieces").FindAsync(item, cancellationToken);

    [FatTransaction]
    public async Task ReserveAsRootAsync(string item, int count, CancellationToken cancellationToken) => await pieces.TakeAsync(item, count, cancellationToken);
}

/// <summary>The fake of the repository.</summary>
public sealed class Pieces(FatTestDatabase database) : IPieces
{
    public async ValueTask TakeAsync(string item, int count, CancellationToken cancellationToken) => await database.Table<string, int>("pieces").UpdateAsync(
        item, left => left >= count ? left - count : throw new InvalidOperationException($"There are fewer than {count} pieces of {item}."), cancellationToken);
}
