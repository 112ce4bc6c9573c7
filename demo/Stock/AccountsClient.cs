namespace Stock;

/// <summary>The Accounts service, called in the group of the caller.</summary>
public sealed class AccountsClient(HttpClient http)
{
    public async Task PayAsync(Guid order, string account, decimal amount, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync("payments", new { Order = order, Account = account, Amount = amount }, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
