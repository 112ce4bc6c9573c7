namespace Fat.Bench.Service;

/// <summary>The called services, in turn.</summary>
internal sealed class ChildServices(IHttpClientFactory clients, ServiceSettings settings)
{
    public static string NameOf(int service) => $"child{service}";

    /// <summary>Which service the call of this number goes to.</summary>
    public int ServiceOf(int call) => call % settings.Children.Count;

    public async Task PostAsync<T>(int service, string path, T body, CancellationToken cancellationToken)
    {
        using var response = await clients.CreateClient(NameOf(service)).PostAsJsonAsync(path, body, cancellationToken);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadFromJsonAsync<Written>(cancellationToken);
    }
}
