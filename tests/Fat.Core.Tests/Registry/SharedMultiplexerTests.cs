using Fat.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Fat.Core.Tests.Registry;

/// <summary>The application's own multiplexer, given by <c>UseConnectionMultiplexer</c>: used, never blocked, never closed.</summary>
public sealed class SharedMultiplexerTests(PlainRedisFixture fixture) : IClassFixture<PlainRedisFixture>
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    /// <summary>Connections carry it, so that other tests on the server do not count.</summary>
    private readonly string _name = "app" + Guid.NewGuid().ToString("N");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_carries_the_commands_and_the_pop_that_blocks_has_a_connection_of_its_own()
    {
        using var multiplexer = await ConnectAsync();
        await using var observer = await fixture.Server.ConnectAsync(Cancellation);
        await multiplexer.GetDatabase().PingAsync();
        var own = (await ClientsAsync(observer)).Select(client => client.Id).ToHashSet(StringComparer.Ordinal);

        using var host = await StartAsync(multiplexer);
        await UntilAsync(async () => await multiplexer.GetDatabase().KeyExistsAsync($"{_name[..20]}:instances"));
        await UntilAsync(async () => (await ClientsAsync(observer)).Any(client => client.IsBlocked));

        // One more multiplexer is open, with the one connection of a client that does not subscribe: so the heartbeat came over the application's.
        var clients = await ClientsAsync(observer);
        Assert.Equal(own.Count + 1, clients.Count);
        Assert.Superset(own, clients.Select(client => client.Id).ToHashSet(StringComparer.Ordinal));
        var blocked = Assert.Single(clients, client => client.IsBlocked);
        Assert.DoesNotContain(blocked.Id, own);

        // It answers while the other one is blocked.
        await multiplexer.GetDatabase().PingAsync().WaitAsync(Long, TimeProvider.System, Cancellation);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_host_that_has_ended_leaves_it_open_and_closes_what_it_opened_itself()
    {
        using var multiplexer = await ConnectAsync();
        await using var observer = await fixture.Server.ConnectAsync(Cancellation);
        await multiplexer.GetDatabase().PingAsync();
        var own = (await ClientsAsync(observer)).Select(client => client.Id).Order(StringComparer.Ordinal).ToList();

        var host = await StartAsync(multiplexer);
        await UntilAsync(async () => (await ClientsAsync(observer)).Any(client => client.IsBlocked));
        await host.StopAsync(Cancellation);
        await ((IAsyncDisposable)host).DisposeAsync();

        await UntilAsync(async () => (await ClientsAsync(observer)).Select(client => client.Id).Order(StringComparer.Ordinal).SequenceEqual(own, StringComparer.Ordinal));
        Assert.True(multiplexer.IsConnected);
        await multiplexer.GetDatabase().PingAsync().WaitAsync(Long, TimeProvider.System, Cancellation);
    }

    private async Task<ConnectionMultiplexer> ConnectAsync() =>
        await ConnectionMultiplexer.ConnectAsync($"{fixture.Server.ConnectionString},name={_name}");

    private async Task<IHost> StartAsync(IConnectionMultiplexer multiplexer)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "shop" });
        builder.Services.AddSingleton(multiplexer);

        // Nothing listens on port 1: whatever arrives came by the multiplexer, or by one made from its configuration.
        builder.Services.AddFat(options => (options.Redis.Port, options.Redis.KeyPrefix) = (1, _name[..20]))
            .UseConnectionMultiplexer(services => services.GetRequiredService<IConnectionMultiplexer>());
        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return host;
    }

    /// <summary>The connections that carry the name, as the server sees them.</summary>
    private async Task<List<(string Id, bool IsBlocked)>> ClientsAsync(RespConnection observer)
    {
        var list = (string)(await observer.ExecuteAsync(["CLIENT", "LIST"], Cancellation))!;
        return [.. list.Split('\n').Where(line => line.Contains($" name={_name} ", StringComparison.Ordinal)).Select(line =>
        {
            var fields = line.Split(' ').Select(field => field.Split('=', 2)).ToDictionary(field => field[0], field => field[^1], StringComparer.Ordinal);
            return (fields["id"], fields["flags"].Contains('b', StringComparison.Ordinal));
        })];
    }

    /// <summary>Looks, at an interval, until it is so or the time is up.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Long);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (!await condition())
            await ticks.WaitForNextTickAsync(limit.Token);
    }
}
