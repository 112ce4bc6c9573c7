namespace Fat.Testing.Tests.Shop;

public interface IOrders
{
    Task AddAsync(string id, string item, CancellationToken cancellationToken);
}

public sealed class Orders(FatTestDatabase database) : IOrders
{
    [FatTransaction]
    public async Task AddAsync(string id, string item, CancellationToken cancellationToken) => await database.Table<string, string>("orders").SetAsync(id, item, cancellationToken);
}

public sealed class StockClient(HttpClient http)
{
    public async Task ReserveAsync(string item, int count, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsync($"/reservations/{item}/{count}", null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public void BlockingReserve(string item, int count, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/reservations/{item}/{count}");
        using var response = http.Send(request, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
