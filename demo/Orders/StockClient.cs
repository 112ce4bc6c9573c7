namespace Orders;

/// <summary>The Stock service, called in the group of the caller.</summary>
public sealed class StockClient(HttpClient http)
{
    /// <summary>Reserves, and returns the price.</summary>
    public Task<decimal> ReserveAsync(Guid order, string item, int quantity, CancellationToken cancellationToken) =>
        PostAsync("reservations", new { Order = order, Item = item, Quantity = quantity }, cancellationToken);

    /// <summary>Reserves, lets Stock collect the price from the account, and returns it.</summary>
    public Task<decimal> DeliverAsync(Guid order, string item, int quantity, string account, CancellationToken cancellationToken) =>
        PostAsync("deliveries", new { Order = order, Item = item, Quantity = quantity, Account = account }, cancellationToken);

    private async Task<decimal> PostAsync<TRequest>(string path, TRequest request, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync(path, request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<Reserved>(cancellationToken))!.Price;
    }

    private sealed record Reserved(decimal Price);
}
