using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Testing.Tests.Shop;

/// <summary>Orders takes an order and calls Stock for the pieces, over HTTP.</summary>
internal sealed class ShopCluster : IAsyncDisposable
{
    private ShopCluster(FatTestCluster fat, FatTestService orders, FatTestService stock)
    {
        Fat = fat;
        Orders = orders;
        Stock = stock;
        Client = orders.CreateClient();
    }

    public FatTestCluster Fat { get; }

    public FatTestService Orders { get; }

    public FatTestService Stock { get; }

    public HttpClient Client { get; }

    public IReadOnlyDictionary<string, string> Placed => Orders.Database.Table<string, string>("orders").Committed;

    public int Tea => Stock.Database.Table<string, int>("pieces").Committed["tea"];

    public static async Task<ShopCluster> StartAsync(FatTestClusterOptions? options = null)
    {
        var fat = new FatTestCluster(options);
        var stock = await fat.AddWebAsync("stock", ConfigureStock, MapStock, cancellationToken: TestContext.Current.CancellationToken);
        var orders = await fat.AddWebAsync("orders", ConfigureOrders, MapOrders, cancellationToken: TestContext.Current.CancellationToken);
        stock.Database.Table<string, int>("pieces").Seed("tea", 10);
        return new ShopCluster(fat, orders, stock);
    }

    public Task<HttpResponseMessage> OrderAsync(string id, int count = 3) =>
        Client.PostAsync($"/orders/{id}/tea/{count}", null, TestContext.Current.CancellationToken);

    public HttpResponseMessage BlockingOrder(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/blocking-orders/{id}/tea/3");
        return Client.Send(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Fat.DisposeAsync();
    }

    private static void ConfigureStock(WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<IPieces, Pieces>();
        builder.Services.AddFat(builder.Configuration).AddTransactional<IStock, Stock>();
    }

    private static void MapStock(WebApplication app)
    {
        app.UseFat();
        app.MapPost("/reservations/{item}/{count}", [FatServiceRegister] (string item, int count, IStock stock, CancellationToken stop) => stock.ReserveAsync(item, count, stop));
    }

    private static void ConfigureOrders(WebApplicationBuilder builder)
    {
        builder.Services.AddFat(builder.Configuration).AddTransactional<IOrders, Orders>();
        builder.Services.AddHttpClient<StockClient>(http => http.BaseAddress = new Uri("http://stock")).AddFatPropagation();
    }

    private static void MapOrders(WebApplication app)
    {
        app.UseFat();
        app.MapPost("/orders/{id}/{item}/{count}", [FatServiceRegister] async (string id, string item, int count, IOrders orders, StockClient stock, CancellationToken stop) =>
        {
            await stock.ReserveAsync(item, count, stop);
            await orders.AddAsync(id, item, stop);
            return Results.Ok();
        });
        app.MapPost("/blocking-orders/{id}/{item}/{count}", [FatServiceRegister] async (string id, string item, int count, IOrders orders, StockClient stock, CancellationToken stop) =>
        {
            stock.BlockingReserve(item, count, stop);
            await orders.AddAsync(id, item, stop);
            return Results.Ok();
        });
    }
}
