using Fat.Testing;

namespace Fat.AspNetCore.Tests.Support;

public interface IPieces
{
    Task AddAsync(CancellationToken cancellationToken);
}

/// <summary>One row in the service's database.</summary>
public sealed class Pieces(FatTestDatabase database) : IPieces
{
    [FatTransaction]
    public async Task AddAsync(CancellationToken cancellationToken) => await database.Table<string, int>("pieces").SetAsync("tea", 1, cancellationToken);
}
