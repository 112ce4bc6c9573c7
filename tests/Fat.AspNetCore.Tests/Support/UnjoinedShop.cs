using System.Collections.Concurrent;
using System.Net;
using Fat.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fat.AspNetCore.Tests.Support;

/// <summary>
/// Orders calls Stock over real connections, inside a group; none of the endpoints of Stock that it calls is marked, and what they call is, in Stock itself and in Depot. Databases are in memory.
/// </summary>
internal sealed class UnjoinedShop : IAsyncDisposable
{
    private readonly FatTestCluster _fat = new();

    private UnjoinedShop()
    {
    }

    public HttpClient Orders { get; private set; } = null!;

    /// <summary>Someone outside of any group.</summary>
    public HttpClient Stock { get; private set; } = null!;

    /// <summary>Work that Stock has detached goes on when this is completed.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Detached { get; private set; } = Task.CompletedTask;

    /// <summary>What Orders got of Stock.</summary>
    public string? Seen { get; private set; }

    public SoloWarnings Warnings { get; } = new();

    public IReadOnlyDictionary<string, int> Reserved => _fat.Database("stock").Table<string, int>("pieces").Committed;

    public IReadOnlyDictionary<string, int> Stored => _fat.Database("depot").Table<string, int>("pieces").Committed;

    public IReadOnlyDictionary<string, int> Ordered => _fat.Database("orders").Table<string, int>("pieces").Committed;

    public static async Task<UnjoinedShop> StartAsync()
    {
        var shop = new UnjoinedShop();
        var stock = await shop._fat.AddWebAsync("stock", builder =>
        {
            Listen(builder);
            builder.Logging.AddProvider(shop.Warnings);
            builder.Services.AddFat(builder.Configuration).AddTransactional<IShelf, Shelf>().AddRemoteDataAdapter<RequestData>();
            builder.Services.AddHttpClient("depot", http => http.BaseAddress = AddressOf(shop._fat["depot"])).AddFatPropagation();
        }, shop.MapStock, cancellationToken: TestContext.Current.CancellationToken);
        await shop._fat.AddWebAsync("depot", builder =>
        {
            Listen(builder);
            builder.Services.AddFat(builder.Configuration).AddTransactional<IShelf, Shelf>();
            builder.Services.AddHttpClient("stock", http => http.BaseAddress = AddressOf(stock)).AddFatPropagation();
        }, MapDepot, cancellationToken: TestContext.Current.CancellationToken);
        var orders = await shop._fat.AddWebAsync("orders", builder =>
        {
            Listen(builder);
            builder.Services.AddFat(builder.Configuration).AddTransactional<IPieces, Pieces>();
            builder.Services.AddHttpClient("stock", http => http.BaseAddress = AddressOf(stock)).AddFatPropagation();
        }, shop.MapOrders, cancellationToken: TestContext.Current.CancellationToken);
        shop.Orders = new HttpClient { BaseAddress = AddressOf(orders) };
        shop.Stock = new HttpClient { BaseAddress = AddressOf(stock) };
        return shop;
    }

    /// <summary>Orders calls that path of Stock, and writes a row of its own.</summary>
    public Task<HttpResponseMessage> OrderAsync(string path) => Orders.PostAsync($"/orders{path}", content: null, TestContext.Current.CancellationToken);

    public Task AllOverAsync() => _fat.Groups.AllOverAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Orders.Dispose();
        Stock.Dispose();
        await _fat.DisposeAsync();
    }

    private static void Listen(WebApplicationBuilder builder) => builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));

    private static Uri AddressOf(FatTestService service) =>
        new(service.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private void MapOrders(WebApplication app)
    {
        app.UseFat();
        app.MapPost("/orders/{**path}", [FatServiceRegister] async (string path, IHttpClientFactory clients, IPieces pieces, CancellationToken stop) =>
        {
            using var response = await clients.CreateClient("stock").PostAsync($"/{path}", content: null, CancellationToken.None);
            Seen = $"{(int)response.StatusCode} {response.Headers.GetValues(FatRemoteFields.Reply).Single().Split(';')[1]}";
            await pieces.AddAsync(stop);
            return "ordered";
        });
    }

    private void MapStock(WebApplication app)
    {
        app.UseExceptionHandler("/error");
        app.UseFat();
        app.MapPost("/error", () => Results.StatusCode(500));
        app.MapPost("/root", (IShelf shelf) => shelf.TakeAsync());
        app.MapPost("/alone", (IShelf shelf) => shelf.TakeAloneAsync());
        app.MapPost("/look", (IShelf shelf) => shelf.LookAsync());
        app.MapPost("/swallowed", async (IShelf shelf) =>
        {
            await Assert.ThrowsAsync<FatConfigurationException>(shelf.TakeAsync);
            return "all is well";
        });
        app.MapPost("/byhand", async (IFatScopes scopes, IShelf shelf) =>
        {
            await scopes.RunAsync(new FatScopeRequest("by hand", new FatServiceRegisterAttribute()), async _ =>
            {
                await shelf.TakeAsync();
                return null;
            });
        });
        app.MapPost("/onward/{path}", (string path, IHttpClientFactory clients) => CallAsync(clients.CreateClient("depot"), path));
        app.MapPost("/onward-alone", async (IHttpClientFactory clients) =>
        {
            using (FatContext.Suppress())
                return await CallAsync(clients.CreateClient("depot"), "marked");
        });
        app.MapPost("/marked", [FatServiceRegister] (IShelf shelf) => shelf.TakeAloneAsync());
        app.MapPost("/suppressed", async (IShelf shelf) =>
        {
            using (FatContext.Suppress())
                await shelf.TakeAsync();
        });
        app.MapPost("/adapter", async (HttpContext context, IShelf shelf) =>
        {
            RequestData.Handled = context;
            await shelf.TakeAsync();
        });
        app.MapPost("/detached", (IServiceScopeFactory services) =>
        {
            Detached = Task.Run(async () =>
            {
                await Gate.Task;
                await using var scope = services.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<IShelf>().TakeAsync();
            });
        });
        app.Map("/branch", branch => branch.Run(context => context.RequestServices.GetRequiredService<IShelf>().TakeAsync()));
    }

    private static void MapDepot(WebApplication app)
    {
        app.UseExceptionHandler("/error");
        app.UseFat();
        app.MapPost("/error", () => Results.StatusCode(500));
        app.MapPost("/marked", [FatServiceRegister] (IShelf shelf) => shelf.TakeAloneAsync());
        app.MapPost("/root", (IShelf shelf) => shelf.TakeAsync());
        app.MapPost("/alone", (IShelf shelf) => shelf.TakeAloneAsync());
        app.MapPost("/back", (IHttpClientFactory clients) => CallAsync(clients.CreateClient("stock"), "marked"));
    }

    /// <summary>Calls, and does not care how it went.</summary>
    private static async Task<string> CallAsync(HttpClient http, string path)
    {
        using var response = await http.PostAsync($"/{path}", content: null, CancellationToken.None);
        return "all is well";
    }

    /// <summary>An adapter of an application that reads and writes the headers itself.</summary>
    private sealed class RequestData : ICustomRemoteDataAdapter
    {
        private static readonly AsyncLocal<HttpContext?> Handling = new();

        public static HttpContext? Handled
        {
            set => Handling.Value = value;
        }

        public IReadOnlyDictionary<string, string>? Read() =>
            Handling.Value is { } context ? new Dictionary<string, string> { [FatRemoteFields.Context] = context.Request.Headers[FatRemoteFields.Context].Single()! } : null;

        public bool Reply(IReadOnlyDictionary<string, string> reply)
        {
            foreach (var (name, value) in reply)
                Handling.Value!.Response.Headers[name] = value;
            return true;
        }
    }

    /// <summary>Keeps event 303.</summary>
    internal sealed class SoloWarnings : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == 303)
                Lines.Enqueue($"{logLevel} {formatter(state, exception)}");
        }

        /// <summary>Nothing to release.</summary>
        public void Dispose()
        {
        }
    }
}

public interface IShelf
{
    Task TakeAsync();

    Task TakeAloneAsync();

    Task LookAsync();
}

public sealed class Shelf(FatTestDatabase database) : IShelf
{
    [FatServiceRegister]
    [FatTransaction]
    public Task TakeAsync() => WriteAsync();

    [FatTransaction]
    public Task TakeAloneAsync() => WriteAsync();

    [FatTransaction(ReadOnly = true)]
    public Task LookAsync() => Task.CompletedTask;

    private async Task WriteAsync() => await database.Table<string, int>("pieces").SetAsync("tea", 1, TestContext.Current.CancellationToken);
}
