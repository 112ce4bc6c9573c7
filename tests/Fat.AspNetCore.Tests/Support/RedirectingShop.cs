using System.Net;
using Fat.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests.Support;

/// <summary>
/// Orders calls Stock over real connections, with the handler that follows redirects; Stock, or a gateway in front of it, answers with one. Databases are in memory.
/// </summary>
internal sealed class RedirectingShop : IAsyncDisposable
{
    private readonly FatTestCluster _fat = new();

    private RedirectingShop()
    {
    }

    public HttpClient Client { get; private set; } = null!;

    /// <summary>What Orders got of Stock in the end.</summary>
    public HttpStatusCode? Seen { get; private set; }

    public IReadOnlyDictionary<string, int> Reserved => _fat.Database("stock").Table<string, int>("pieces").Committed;

    public IReadOnlyDictionary<string, int> Shipped => _fat.Database("depot").Table<string, int>("pieces").Committed;

    /// <param name="status">Of the redirect.</param>
    /// <param name="elsewhere">Whether the redirect leads to the marked endpoint of another service, else to an unmarked one of the same.</param>
    /// <param name="byGateway">Whether something in front of Stock's UseFat redirects when Stock has answered well, else Stock's endpoint.</param>
    /// <param name="client">What is changed of the client.</param>
    public static async Task<RedirectingShop> StartAsync(int status, bool elsewhere, bool byGateway, Action<IHttpClientBuilder>? client = null)
    {
        var shop = new RedirectingShop();
        var depot = AddressOf(await shop._fat.AddWebAsync("depot", Configure, MapDepot, cancellationToken: TestContext.Current.CancellationToken));
        var location = elsewhere ? new Uri(depot, "/shipments").AbsoluteUri : "/reservations/1";
        var stock = AddressOf(await shop._fat.AddWebAsync(
            "stock", Configure, app => MapStock(app, status, location, byGateway), cancellationToken: TestContext.Current.CancellationToken));
        var orders = await shop._fat.AddWebAsync(
            "orders",
            builder =>
            {
                Configure(builder);
                var added = builder.Services.AddHttpClient("stock", http => http.BaseAddress = stock).AddFatPropagation();
                client?.Invoke(added);
            },
            shop.MapOrders,
            cancellationToken: TestContext.Current.CancellationToken);
        shop.Client = new HttpClient { BaseAddress = AddressOf(orders) };
        return shop;
    }

    public Task<HttpResponseMessage> OrderAsync() => Client.PostAsync("/orders", content: null, TestContext.Current.CancellationToken);

    /// <summary>Waits until every branch has obeyed.</summary>
    public Task<FatTestGroup> RolledBackAsync(string because) => _fat.Groups.RolledBackAsync(because, TestContext.Current.CancellationToken);

    public Task<FatTestGroup> CommittedAsync() => _fat.Groups.CommittedAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _fat.DisposeAsync();
    }

    private static Uri AddressOf(FatTestService service) =>
        new(service.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static void Configure(WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddFat(builder.Configuration).AddTransactional<IPieces, Pieces>();
    }

    private static void MapDepot(WebApplication app)
    {
        app.UseFat();
        app.MapMethods("/shipments", ["GET", "POST"], [FatServiceRegister] (IPieces pieces, CancellationToken stop) => pieces.AddAsync(stop));
    }

    private static void MapStock(WebApplication app, int status, string location, bool byGateway)
    {
        if (byGateway)
            app.Use((context, next) => RedirectAsync(context, next, status, location));
        app.UseFat();
        app.MapPost("/reservations", [FatServiceRegister] async (HttpResponse response, IPieces pieces, CancellationToken stop) =>
        {
            await pieces.AddAsync(stop);
            if (!byGateway)
                (response.StatusCode, response.Headers.Location) = (status, location);
        });
        app.MapMethods("/reservations/1", ["GET", "POST"], () => "reserved");
    }

    private static Task RedirectAsync(HttpContext context, RequestDelegate next, int status, string location)
    {
        if (context.Request.Path == "/reservations")
        {
            context.Response.OnStarting(() =>
            {
                (context.Response.StatusCode, context.Response.Headers.Location) = (status, location);
                return Task.CompletedTask;
            });
        }

        return next(context);
    }

    private void MapOrders(WebApplication app)
    {
        app.UseFat();
        app.MapPost("/orders", [FatServiceRegister] async (IHttpClientFactory clients, IPieces pieces, CancellationToken stop) =>
        {
            using var response = await clients.CreateClient("stock").PostAsync(new Uri("/reservations", UriKind.Relative), content: null, CancellationToken.None);
            Seen = response.StatusCode;
            await pieces.AddAsync(stop);
            return "ordered";
        });
    }
}
