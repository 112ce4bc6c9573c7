using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Demo.Shop;

/// <summary>A client of the three services.</summary>
internal sealed class ShopClient(Uri orders, Uri stock, Uri accounts) : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Fills the shop with what an ordinary order needs: tea, and an account that can pay.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        await FillAsync("tea", quantity: 100, price: 10, cancellationToken);
        await OpenAsync("ada", balance: 500, check: TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Sets how many pieces of an item there are and what one costs.</summary>
    public Task FillAsync(string item, int quantity, decimal price, CancellationToken cancellationToken) =>
        PutAsync(new Uri(stock, $"items/{item}"), new { Quantity = quantity, Price = price }, cancellationToken);

    /// <summary>Sets what an account holds and how long its bank checks each payment.</summary>
    public Task OpenAsync(string account, decimal balance, TimeSpan check, CancellationToken cancellationToken) =>
        PutAsync(new Uri(accounts, $"accounts/{account}"), new { Balance = balance, CheckMilliseconds = (int)check.TotalMilliseconds }, cancellationToken);

    /// <summary>Posts an order to one of the endpoints of Orders.</summary>
    public async Task<Answer> PlaceAsync<TOrder>(string endpoint, TOrder order, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var response = await _http.PostAsJsonAsync(new Uri(orders, endpoint), order, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return new Answer((int)response.StatusCode, response.IsSuccessStatusCode ? null : Read(text), clock.Elapsed);
    }

    /// <summary>What Orders knows of a message; null when it knows nothing.</summary>
    public async Task<Message?> FindMessageAsync(Guid order, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(orders, $"messages/{order}"), cancellationToken);
        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<Message>(cancellationToken) : null;
    }

    /// <summary>Makes what waits of a message due now; returns how many branches that are.</summary>
    public async Task<int> RetryMessageAsync(Guid order, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync(new Uri(orders, $"messages/{order}/retry"), content: null, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<int>(cancellationToken);
    }

    /// <summary>Completes when the order stands at its gate: its children have answered, the group is not decided.</summary>
    public async Task WaitAtGateAsync(Guid order, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(orders, $"gates/{order}"), cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Lets the order go on.</summary>
    public async Task OpenGateAsync(Guid order, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync(new Uri(orders, $"gates/{order}/open"), content: null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task PutAsync<TTerms>(Uri address, TTerms terms, CancellationToken cancellationToken)
    {
        using var response = await _http.PutAsJsonAsync(address, terms, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"PUT {address} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }

    private static Problem Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Problem>(text, JsonSerializerOptions.Web) ?? new Problem(text, Service: null, Method: null);
        }
        catch (JsonException)
        {
            return new Problem(text, Service: null, Method: null);
        }
    }
}
