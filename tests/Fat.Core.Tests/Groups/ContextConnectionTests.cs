using Fat.Core.Tests.World;
using Fat.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Groups;

/// <summary>Contexts whose connections the application makes by itself, and services that belong to no DI scope.</summary>
public sealed class ContextConnectionTests(Servers servers) : IAsyncLifetime
{
    private readonly GroupWorld _world = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_context_lives_on_with_the_connection_that_it_was_given(bool owns)
    {
        await using var service = await StartAsync((context, connectionString) => context.UseNpgsql(new NpgsqlConnection(connectionString), contextOwnsConnection: owns));
        var (first, second, alone) = (_world.NextId(), _world.NextId(), _world.NextId());
        await using var scope = service.Services.CreateAsyncScope();

        foreach (var id in new[] { first, second })
            Assert.Null((await service.RootAsync((_, _) => scope.ServiceProvider.GetRequiredService<IPooled>().AddAndStayAsync(id, Task.CompletedTask))).Error);
        await scope.ServiceProvider.GetRequiredService<PooledContext>().AddAsync(alone);

        foreach (var id in new[] { first, second, alone })
            Assert.True(await service.HasAsync(id));
    }

    [Fact]
    public async Task A_service_that_was_asked_for_outside_of_a_scope_does_not_work_outside_of_its_transaction()
    {
        await using var service = await StartAsync((context, connectionString) => context.UseNpgsql(connectionString));
        var id = _world.NextId();

        var result = await service.RootAsync((_, _) => service.Services.GetRequiredService<IPooled>().AddAndStayAsync(id, Task.CompletedTask));

        Assert.Contains("was asked for outside of a DI scope", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        Assert.False(await service.HasAsync(id));
    }

    [Fact]
    public async Task Branches_are_finished_where_a_data_source_leads_them_and_not_on_the_standby_that_stands_first()
    {
        var settings = new PostgresServerOptions { Fsync = false, MaxConnections = 50 };
        await using var standby = await PostgresServer.StartAsync(settings, Stop);
        await using var primary = await PostgresServer.StartAsync(settings, Stop);
        await using (var connection = new NpgsqlConnection(standby.ConnectionString() + ";Pooling=false"))
        {
            await connection.OpenAsync(Stop);
            await using var where = new NpgsqlCommand("SHOW data_directory", connection);
            await File.WriteAllTextAsync(Path.Combine((string)(await where.ExecuteScalarAsync(Stop))!, "standby.signal"), string.Empty, Stop);
        }

        await standby.RestartAsync(Stop);
        await using var seen = NpgsqlDataSource.Create(primary.ConnectionString());
        await using (var create = seen.CreateCommand("CREATE TABLE items (id int PRIMARY KEY, text text)"))
            await create.ExecuteNonQueryAsync(Stop);
        var hosts = new NpgsqlConnectionStringBuilder(primary.ConnectionString()) { Host = $"{standby.Host}:{standby.Port},{primary.Host}:{primary.Port}" };
        await using var both = new NpgsqlDataSourceBuilder(hosts.ConnectionString).BuildMultiHost();
        await using var service = await StartAsync((context, _) => context.UseNpgsql(both.WithTargetSession(TargetSessionAttributes.Primary)));
        await using var scope = service.Services.CreateAsyncScope();
        var id = _world.NextId();

        var result = await _world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await service.CallAsync((_, _) => scope.ServiceProvider.GetRequiredService<IPooled>().AddAndStayAsync(id, Task.CompletedTask));
        });

        Assert.Null(result.Error);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await primary.PreparedTransactionsAsync("postgres", Stop)).Count > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
        await using var count = seen.CreateCommand($"SELECT count(*) FROM items WHERE id = {id}");
        Assert.Equal(1L, await count.ExecuteScalarAsync(Stop));
    }

    private async Task<Service> StartAsync(Action<DbContextOptionsBuilder, string> configure)
    {
        var connectionString = string.Empty;
        return await _world.StartAsync("giver", configure: fat =>
        {
            fat.Services.AddDbContext<PooledContext>(options => configure(options, connectionString));
            fat.AddDbContext<PooledContext>("pooled").AddTransactional<IPooled, Pooled>();
        }, connection: text => connectionString = text);
    }
}
