using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fat.TestServers;

namespace Fat.Docs.Tests;

/// <summary>The services of docs/guides/start.md, started as they are shown, answer as the guide says.</summary>
public sealed class StartGuideTests
{
    private const string Guide = "docs/guides/start.md";

    [Fact]
    public async Task Its_services_answer_as_it_says()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var redis = await RedisServer.StartAsync(cancellationToken: stop);
        await using var postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false }, stop);

        // Waits that a busy machine does not reach: what is slow here is the first use of everything.
        string[] common = [$"--Fat:Redis:Port={redis.Port}", "--Fat:WaitResult=00:01:00", "--Fat:GroupTimeout=00:03:00"];

        await using (var one = await ShownService.StartAsync(Guide, "one", [.. common, $"--ConnectionStrings:Shop={postgres.ConnectionString("shop")}"], stop))
        {
            await OrdersAsync(one, one, stop);
            await one.StopAsync(stop);
        }

        await using var stock = await ShownService.StartAsync(Guide, "stock", [.. common, $"--ConnectionStrings:Stock={postgres.ConnectionString("stock")}"], stop);
        await using var orders = await ShownService.StartAsync(
            Guide, "orders", [.. common, $"--ConnectionStrings:Orders={postgres.ConnectionString("orders")}", $"--Stock={stock.Address}"], stop);
        await OrdersAsync(orders, stock, stop);
        using (var dashboard = await orders.Http.GetAsync("fat/", stop))
            Assert.Equal(HttpStatusCode.OK, dashboard.StatusCode);

        // Break something: without Redis the order is taken, and Stock's part waits for the news.
        await redis.KillAsync(stop);
        Assert.Equal(HttpStatusCode.OK, (await OrderAsync(orders, 2, stop)).Status);
        Assert.NotEmpty(await postgres.PreparedTransactionsAsync("stock", stop));
        await redis.RestartAsync(keepData: false, stop);
        await Until(async () => (await postgres.PreparedTransactionsAsync("stock", stop)).Count == 0, stop);
        Assert.Equal(5, await PiecesAsync(stock, stop));

        await orders.StopAsync(stop);
        await stock.StopAsync(stop);
    }

    /// <summary>One order that is taken, and one for which there is too little.</summary>
    private static async Task OrdersAsync(ShownService orders, ShownService stock, CancellationToken stop)
    {
        var (taken, order) = await OrderAsync(orders, 3, stop);
        Assert.True(taken == HttpStatusCode.OK, $"{taken}: {order}");
        var (status, refusal) = await OrderAsync(orders, 30, stop);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("StockService.TakeAsync", refusal.GetProperty("method").GetString());
        Assert.Equal("InvalidOperationException: There are fewer than 30 pieces of tea.", refusal.GetProperty("reason").GetString());
        Assert.Equal(1, (await orders.Http.GetFromJsonAsync<JsonElement>("orders", stop)).GetArrayLength());
        await Until(async () => await PiecesAsync(stock, stop) == 7, stop);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> OrderAsync(ShownService orders, int quantity, CancellationToken stop)
    {
        using var answer = await orders.Http.PostAsJsonAsync("orders", new { item = "tea", quantity }, stop);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(stop));
    }

    private static async Task<int> PiecesAsync(ShownService stock, CancellationToken stop) =>
        (await stock.Http.GetFromJsonAsync<JsonElement>("items", stop))[0].GetProperty("quantity").GetInt32();

    /// <summary>The client hears of a commit before the other services do.</summary>
    private static async Task Until(Func<Task<bool>> isSo, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await isSo())
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
    }
}
