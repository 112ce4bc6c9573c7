using Microsoft.Extensions.DependencyInjection;
using RestEase;

namespace Fat.Refit.Tests.Support;

/// <summary>A typed client.</summary>
internal sealed class StockClient(HttpClient http)
{
    public HttpClient Http => http;

    public Task<HttpResponseMessage> ReserveAsync(CancellationToken? own = null) =>
        http.PostAsync(new Uri("/reserve?token=secret", UriKind.Relative), content: null, own ?? TestContext.Current.CancellationToken);
}

/// <summary>A RestEase interface.</summary>
public interface IStockApi
{
    [Post("reserve")]
    Task<string> ReserveAsync();
}

internal static class Clients
{
    /// <summary>A typed client over a wire instead of the network.</summary>
    public static IHttpClientBuilder AddStockClient(this IServiceCollection services, Wire wire) => services
        .AddHttpClient<StockClient>(http => http.BaseAddress = new Uri("http://stock/"))
        .ConfigurePrimaryHttpMessageHandler(() => wire);

    public static StockClient Stock(this Service service) => service.Services.GetRequiredService<StockClient>();
}
