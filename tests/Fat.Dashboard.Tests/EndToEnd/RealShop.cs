using System.Net.Http.Json;
using Fat.Dashboard.Tests.EndToEnd;
using Fat.TestServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

[assembly: AssemblyFixture(typeof(RealShop))]

namespace Fat.Dashboard.Tests.EndToEnd;

/// <summary>Orders, which has the dashboard, and Stock, which it calls, over a real Redis and a real PostgreSQL; started when the first test asks for it.</summary>
public sealed class RealShop : IAsyncDisposable
{
    /// <summary>The service that is gone for good, and its database with it.</summary>
    public const string GoneService = "accounts";

    private readonly SemaphoreSlim _starting = new(1);
    private readonly List<IAsyncDisposable> _started = [];
    private PostgresServer? _postgres;
    private ShopApp? _orders;

    internal MailServer Mail { get; } = new();

    internal Uri Dashboard => new(Orders.Address, "/fat/");

    internal ShopApp Orders => _orders ?? throw new InvalidOperationException("The shop has not been started.");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string OrdersDatabase => _postgres!.ConnectionString("orders");

    public async Task StartAsync()
    {
        await _starting.WaitAsync(Stop);
        try
        {
            if (_orders is null)
                await StartAllAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Orders something that Stock does not have; returns the group that was rolled back.</summary>
    public async Task<string> OrderInVainAsync(string item)
    {
        using var http = new HttpClient { BaseAddress = Orders.Address };
        using var answer = await http.PostAsJsonAsync("/orders", new Wanted(item), Stop);
        Assert.Equal(StatusCodes.Status409Conflict, (int)answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<Dictionary<string, System.Text.Json.JsonElement>>(Stop);
        return problem!["gid"].GetString()!;
    }

    /// <summary>Leaves a prepared branch of Accounts' group in the database of Orders, as a crash does; returns the group.</summary>
    public async Task<string> LeaveInDoubtAsync()
    {
        var gid = Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddMinutes(-12)).ToString("D");
        await using var connection = new NpgsqlConnection(OrdersDatabase);
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = $"""BEGIN; INSERT INTO "Lines" ("Item") VALUES ('{gid}'); PREPARE TRANSACTION 'fat:{gid}:1-0a1b2c3d-1:{GoneService}:ledger'""";
        await command.ExecuteNonQueryAsync(Stop);
        return gid;
    }

    /// <summary>The groups whose branches are prepared in the database of Orders.</summary>
    public Task<IReadOnlyList<string>> PreparedAsync() => _postgres!.PreparedTransactionsAsync("orders", Stop);

    /// <summary>Tells the customer of an order; returns the message.</summary>
    public async Task<string> TellAsync(string item)
    {
        using var http = new HttpClient { BaseAddress = Orders.Address };
        using var answer = await http.PostAsJsonAsync("/tell", new Wanted(item), Stop);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_started))
            await one.DisposeAsync();
        _starting.Dispose();
    }

    private async Task StartAllAsync()
    {
        await ServerPrograms.EnsureAsync(cancellationToken: Stop);
        var redis = await RedisServer.StartAsync(cancellationToken: Stop);
        _started.Add(redis);
        _postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false }, Stop);
        _started.Add(_postgres);
        await _postgres.CreateDatabaseAsync("orders", Stop);
        await _postgres.CreateDatabaseAsync("stock", Stop);
        var stock = await ShopApp.StartAsync(
            "stock", redis.ConnectionString, _postgres.ConnectionString("stock"), (_, _) => { },
            app => app.MapPost("/reservations", [FatServiceRegister] (Wanted wanted, IShelf shelf, CancellationToken token) => shelf.ReserveAsync(wanted.Item, token)), Stop);
        _started.Add(stock);
        var orders = await ShopApp.StartAsync(
            "orders", redis.ConnectionString, OrdersDatabase,
            (services, fat) =>
            {
                services.AddSingleton(Mail);
                services.AddHttpClient("stock", http => http.BaseAddress = stock.Address).AddFatPropagation();
                fat.AddSubscriber<Mailer>();
            },
            MapOrders, Stop);
        _started.Add(orders);
        _orders = orders;
    }

    private static void MapOrders(WebApplication app)
    {
        app.MapFatDashboard();
        app.MapPost("/orders", [FatServiceRegister] async (Wanted wanted, IShelf shelf, IHttpClientFactory clients, CancellationToken token) =>
        {
            await shelf.AddAsync(wanted.Item, token);
            using var answer = await clients.CreateClient("stock").PostAsJsonAsync("/reservations", wanted, token);
        });
        app.MapPost("/tell", async (Wanted wanted, ShopContext context, IFatMessages messages, CancellationToken token) =>
        {
            var message = messages.New().Publish(Mailer.Topic, wanted);
            await message.DoAndSubmitAsync(context, _ => context.SaveChangesAsync(token), token);
            return message.Gid;
        });
    }
}
