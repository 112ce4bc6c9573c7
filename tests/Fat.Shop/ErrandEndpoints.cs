using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Shop;

/// <summary>The scopes of the service.</summary>
internal static class ErrandEndpoints
{
    public const string Client = "peers";

    public static void MapErrands(this IEndpointRouteBuilder app)
    {
        app.MapPost("/errands/prepared", PreparedAsync);
        app.MapPost("/errands/early", EarlyAsync);
    }

    [FatServiceRegister(Answer = FatAnswer.Prepared)]
    private static Task<string> PreparedAsync(Errand errand, IServiceProvider services, CancellationToken cancellationToken) =>
        RunAsync(errand, services, cancellationToken);

    [FatServiceRegister(Answer = FatAnswer.Early)]
    private static Task<string> EarlyAsync(Errand errand, IServiceProvider services, CancellationToken cancellationToken) =>
        RunAsync(errand, services, cancellationToken);

    private static async Task<string> RunAsync(Errand errand, IServiceProvider services, CancellationToken cancellationToken)
    {
        for (var row = 1; row <= errand.Rows; row++)
            await services.GetRequiredService<IShelf>().EnterAsync(errand.Id, row, cancellationToken);
        foreach (var call in errand.Calls)
            await CallAsync(call, services, cancellationToken);
        if (errand.Gated)
            await services.GetRequiredService<Gate>().PassAsync(cancellationToken);
        if (errand.Fails)
            throw new InvalidOperationException("This errand was to fail.");
        return FatContext.Current!.Gid;
    }

    private static async Task CallAsync(Call call, IServiceProvider services, CancellationToken cancellationToken)
    {
        var address = new Uri(services.GetRequiredService<IConfiguration>()[$"Peers:{call.Service}"]!);
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient(Client);
        using var response = await client.PostAsJsonAsync(new Uri(address, call.Early ? "errands/early" : "errands/prepared"), call.Errand, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
