using Dapper;
using Fat.Core.Tests.World;
using Fat.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Groups;

/// <summary>Raw ADO.NET, Dapper and EF Core opening connections of their own inside a branch.</summary>
public interface ILedger
{
    Task RawAsync(int id);

    Task DapperThenEntityFrameworkAsync(int first, int second);

    Task TwoConnectionsAtOnceAsync(int first, int second);

    Task FailAfterRawAsync(int id);
}

public sealed class LedgerSettings
{
    public required string ConnectionString { get; init; }
}

public class Ledger(LedgerSettings settings) : ILedger
{
    [FatTransaction(Database = "ledger")]
    public Task RawAsync(int id) => InsertAsync(id);

    [FatTransaction(Database = "ledger")]
    public async Task DapperThenEntityFrameworkAsync(int first, int second)
    {
        await using (var connection = new NpgsqlConnection(settings.ConnectionString))
            await connection.ExecuteAsync("INSERT INTO items (id, text) VALUES (@first, 'dapper')", new { first });
        await using var context = new ItemsContext(new DbContextOptionsBuilder<ItemsContext>().UseNpgsql(settings.ConnectionString).Options);
        context.Items.Add(new Item { Id = second, Text = "ef" });
        await context.SaveChangesAsync();
    }

    [FatTransaction(Database = "ledger")]
    public async Task TwoConnectionsAtOnceAsync(int first, int second)
    {
        await using var one = new NpgsqlConnection(settings.ConnectionString);
        await one.ExecuteAsync("SELECT 1");
        await one.OpenAsync();
        await using var other = new NpgsqlConnection(settings.ConnectionString);
        await other.OpenAsync();
        await one.ExecuteAsync("INSERT INTO items (id, text) VALUES (@first, 'one')", new { first });
        await other.ExecuteAsync("INSERT INTO items (id, text) VALUES (@second, 'other')", new { second });
    }

    [FatTransaction(Database = "ledger")]
    public async Task FailAfterRawAsync(int id)
    {
        await InsertAsync(id);
        throw new InvalidOperationException("No.");
    }

    private async Task InsertAsync(int id)
    {
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO items (id, text) VALUES ({id}, 'raw')";
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>Branches inside a TransactionScope, durable or held.</summary>
public abstract class AmbientTests(Servers servers, bool held) : IAsyncLifetime
{
    private readonly GroupWorld _world = new(servers);
    private Service _ledger = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _world.InitializeAsync();
        var connectionString = string.Empty;
        _ledger = await _world.StartAsync("bank", configure: fat =>
        {
            fat.Services.AddSingleton(_ => new LedgerSettings { ConnectionString = connectionString });
            fat.AddDatabase("ledger", () => new NpgsqlConnection(connectionString), database => database.Held = held).AddTransactional<ILedger, Ledger>();
        }, connection: text => connectionString = text);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Raw_connections_take_part_in_the_group()
    {
        var id = _world.NextId();
        var prepared = -1L;
        var result = await _world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await LedgerAsync(ledger => ledger.RawAsync(id));
            prepared = await _ledger.QueryAsync<long>("SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()");
        });

        Assert.Null(result.Error);
        Assert.Equal(held ? 0 : 1, prepared);
        await _ledger.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task Dapper_and_Entity_Framework_share_the_branch()
    {
        var (first, second) = (_world.NextId(), _world.NextId());
        var result = await _world.Orders.RootAsync((_, _) => LedgerAsync(ledger => ledger.DapperThenEntityFrameworkAsync(first, second)));

        Assert.Null(result.Error);
        await _ledger.SeesAsync(first, Stop);
        await _ledger.SeesAsync(second, Stop);
    }

    [Fact]
    public async Task A_later_failure_rolls_the_branch_back()
    {
        var id = _world.NextId();
        var result = await _world.Orders.RootAsync(async (items, token) =>
        {
            await LedgerAsync(ledger => ledger.RawAsync(id));
            await items.AddThenFailAsync(id);
        });

        Assert.IsType<FatAbortedException>(result.Error);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task Outside_of_a_group_it_commits_or_rolls_back_alone()
    {
        var (kept, lost) = (_world.NextId(), _world.NextId());
        await using var scope = _ledger.Services.CreateAsyncScope();
        var ledger = scope.ServiceProvider.GetRequiredService<ILedger>();

        await ledger.RawAsync(kept);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.FailAfterRawAsync(lost));

        Assert.True(await _ledger.HasAsync(kept));
        Assert.False(await _ledger.HasAsync(lost));
    }

    [Fact]
    public async Task Two_connections_at_once_are_refused_because_one_prepare_could_not_cover_both()
    {
        var (first, second) = (_world.NextId(), _world.NextId());
        var result = await _world.Orders.RootAsync((_, _) => LedgerAsync(ledger => ledger.TwoConnectionsAtOnceAsync(first, second)));

        Assert.Contains("more than one connection", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        await NowhereAsync(first);
        await NowhereAsync(second);
    }

    [Fact]
    public async Task A_group_of_held_branches_alone_commits()
    {
        var (first, second) = (_world.NextId(), _world.NextId());
        var result = await _ledger.RootAsync(async (_, _) =>
        {
            await using var scope = _ledger.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<ILedger>().RawAsync(first);
            await scope.ServiceProvider.GetRequiredService<ILedger>().RawAsync(second);
        });

        Assert.Null(result.Error);
        await _ledger.SeesAsync(first, Stop);
        await _ledger.SeesAsync(second, Stop);
    }

    private Task LedgerAsync(Func<ILedger, Task> body) => _ledger.CallAsync(async (_, _) =>
    {
        await using var scope = _ledger.Services.CreateAsyncScope();
        await body(scope.ServiceProvider.GetRequiredService<ILedger>());
    });

    private async Task NowhereAsync(int id)
    {
        await _world.NothingPreparedAsync(_ledger);
        Assert.Equal(0, await _ledger.QueryAsync<long>($"SELECT count(*) FROM items WHERE id = {id}"));
        Assert.False(await _world.Orders.HasAsync(id));
    }
}

public sealed class DurableAmbientTests(Servers servers) : AmbientTests(servers, held: false);

public sealed class HeldAmbientTests(Servers servers) : AmbientTests(servers, held: true);

/// <summary>DbContext branches that stay open until the decision, on a server that cannot prepare transactions.</summary>
public sealed class HeldGroupTests(Servers servers) : IAsyncLifetime
{
    private readonly GroupWorld _world = new(servers);
    private PostgresServer _postgres = null!;
    private Service _shop = null!;

    public async ValueTask InitializeAsync()
    {
        await _world.InitializeAsync();
        _postgres = await PostgresServer.StartAsync(new PostgresServerOptions { MaxPreparedTransactions = 0, Fsync = false });
        _shop = await _world.StartAsync("shop", postgres: _postgres);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.StopAsync(_shop);
        await _postgres.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_held_branch_commits_with_its_group()
    {
        var id = _world.NextId();
        var result = await _world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await _shop.CallAsync((shop, stop) => shop.AddAsync(id, stop));
            Assert.False(await _shop.HasAsync(id));
        });

        Assert.Null(result.Error);
        await _shop.SeesAsync(id, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_held_branch_rolls_back_with_its_group()
    {
        var id = _world.NextId();
        var result = await _world.Orders.RootAsync(async (items, token) =>
        {
            await _shop.CallAsync((shop, stop) => shop.AddAsync(id, stop));
            await items.AddThenFailAsync(id);
        });

        Assert.IsType<FatAbortedException>(result.Error);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await _shop.QueryAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'") > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
        Assert.False(await _shop.HasAsync(id));
    }

    [Fact]
    public async Task A_held_branch_whose_transaction_the_server_has_given_up_does_not_vote()
    {
        var id = _world.NextId();
        var result = await _world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await _shop.CallAsync((shop, _) => shop.AddAndSwallowAnErrorAsync(id));
        });

        Assert.IsType<FatAbortedException>(result.Error);
        Assert.False(await _shop.HasAsync(id));
        Assert.False(await _world.Orders.HasAsync(id));
    }

    [Fact]
    public async Task A_held_root_is_the_commit_point()
    {
        var id = _world.NextId();
        var result = await _shop.RootAsync(async (shop, token) =>
        {
            await shop.AddAsync(id, token);
            await _world.Orders.CallAsync((orders, stop) => orders.AddAsync(id, stop));
        });

        Assert.Null(result.Error);
        Assert.True(await _shop.HasAsync(id));
        await _world.Orders.SeesAsync(id, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deferred_constraint_that_does_not_hold_fails_a_held_branch_before_it_votes(bool hasSaved)
    {
        var id = _world.NextId();
        await _shop.QueryAsync<object>("CREATE TABLE IF NOT EXISTS numbers (number int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
        var result = await _world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await _shop.CallAsync((shop, _) => shop.WorkAsync(async context =>
            {
                if (hasSaved)
                {
                    context.Items.Add(new Item { Id = id });
                    await context.SaveChangesAsync(token);
                }

                await context.Database.ExecuteSqlAsync($"INSERT INTO numbers VALUES ({id}), ({id})", token);
            }));
        });

        Assert.Contains("23505", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        Assert.False(await _shop.HasAsync(id));
        Assert.False(await _world.Orders.HasAsync(id), "the root committed, and the branch that had voted could not");
    }

    [Fact]
    public async Task A_held_branch_that_only_reads_is_over_at_once()
    {
        var result = await _world.Orders.RootAsync(async (_, _) =>
        {
            await _shop.CallAsync((shop, _) => shop.CountAsync());
            Assert.Equal(0, await _shop.QueryAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"));
        });

        Assert.Null(result.Error);
    }

    [Fact]
    public async Task A_serializable_branch_that_would_be_held_is_refused_since_its_COMMIT_may_be()
    {
        var id = _world.NextId();
        var result = await _world.Orders.RootAsync((_, _) => _shop.CallAsync((shop, _) => AddSerializableAsync(shop, id)));

        Assert.Contains("cannot vote with isolation level Serializable", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        Assert.False(await _shop.HasAsync(id));
    }

    [Fact]
    public async Task Also_when_its_method_has_set_the_level_by_itself()
    {
        var id = _world.NextId();
        var result = await _world.Orders.RootAsync((_, _) => _shop.CallAsync((shop, _) => shop.WorkAsync(async context =>
        {
            await context.Database.ExecuteSqlRawAsync("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
            context.Items.Add(new Item { Id = id });
            await context.SaveChangesAsync();
        })));

        Assert.Contains("cannot vote with isolation level Serializable", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        Assert.False(await _shop.HasAsync(id));
    }

    [Fact]
    public async Task A_serializable_root_that_is_held_is_the_commit_point()
    {
        var id = _world.NextId();
        var result = await _shop.RootAsync(async (shop, _) =>
        {
            await AddSerializableAsync(shop, id);
            await _world.Orders.CallAsync((orders, stop) => orders.AddAsync(id, stop));
        });

        Assert.Null(result.Error);
        Assert.True(await _shop.HasAsync(id));
        await _world.Orders.SeesAsync(id, TestContext.Current.CancellationToken);
    }

    private static Task AddSerializableAsync(IItems items, int id) => items.WorkSerializableAsync(async context =>
    {
        context.Items.Add(new Item { Id = id });
        await context.SaveChangesAsync();
    });

    [Fact]
    public async Task A_service_that_requires_durable_databases_does_not_start_on_it()
    {
        var thrown = await Assert.ThrowsAsync<FatConfigurationException>(() =>
            _world.StartAsync("strict", options => options.RequireDurable = true, postgres: _postgres));
        Assert.Contains("max_prepared_transactions is 0", thrown.Message, StringComparison.Ordinal);
    }
}
