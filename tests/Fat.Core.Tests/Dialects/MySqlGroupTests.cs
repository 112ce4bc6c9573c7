using System.Data;
using Fat.Coordination;
using Fat.Core.Tests.World;
using Fat.Protocol;
using Microsoft.Extensions.DependencyInjection;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

/// <summary>Groups over MariaDB and PostgreSQL, the root on the one or on the other.</summary>
[Collection(typeof(MariaDbCollection))]
public sealed class MySqlGroupTests(Servers servers, MariaDb server) : IAsyncLifetime
{
    private readonly TillWorld _world = new(servers, server);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TillService Till => _world.Till;

    private Service Orders => _world.Orders;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_root_on_MariaDB_carries_the_decision_of_its_group()
    {
        var id = _world.NextId();
        var result = await Till.RootAsync(async till =>
        {
            await till.AddAsync(id);
            await Orders.CallAsync((orders, token) => orders.AddAsync(id, token));
            Assert.False(await Till.HasAsync(id));
            Assert.Equal(0, await DecisionsAsync("committed"));
        });

        Assert.Null(result.Error);
        Assert.True(await Till.HasAsync(id));
        await Orders.SeesAsync(id, Stop);
        Assert.Equal(result.Gid, await Till.QueryAsync<string>("SELECT gid FROM fat_barrier WHERE reason = 'committed'"));
        Assert.Equal(0, await Orders.QueryAsync<long>("SELECT count(*) FROM fat_barrier"));
    }

    [Fact]
    public async Task A_decision_row_goes_when_all_have_obeyed()
    {
        var id = _world.NextId();
        var result = await Till.RootAsync(async till =>
        {
            await till.AddAsync(id);
            await Orders.CallAsync((orders, token) => orders.AddAsync(id, token));
        });

        Assert.Null(result.Error);
        await TillWorld.UntilAsync(async () => await DecisionsAsync("committed") == 0);
        Assert.True(await Till.HasAsync(id));
        Assert.True(await Orders.HasAsync(id));
    }

    [Fact]
    public async Task A_root_on_MariaDB_that_fails_rolls_its_group_back()
    {
        var id = _world.NextId();
        var result = await Till.RootAsync(async till =>
        {
            await Orders.CallAsync((orders, token) => orders.AddAsync(id, token));
            await till.AddAsync(id);
            throw new InvalidOperationException("No change left.");
        });

        Assert.IsType<FatAbortedException>(result.Error);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task A_root_on_MariaDB_without_a_branch_writes_the_decision_alone()
    {
        var id = _world.NextId();
        var result = await Till.RootAsync(_ => Orders.CallAsync((orders, token) => orders.AddAsync(id, token)));

        Assert.Null(result.Error);
        await Orders.SeesAsync(id, Stop);
        Assert.Equal(1, await DecisionsAsync("committed"));
    }

    [Fact]
    public async Task A_root_that_recovery_has_overtaken_rolls_back_in_both_databases()
    {
        var id = _world.NextId();
        var result = await Till.RootAsync(async till =>
        {
            await till.AddAsync(id);
            await Orders.CallAsync((orders, token) => orders.AddAsync(id, token));
            Assert.True(GroupId.TryParse(FatContext.Current!.Gid, out var gid));
            var log = Till.Services.GetRequiredService<Databases>().DecisionLog!;
            Assert.Equal(Decision.RolledBack, (await log.ResolveAsync(gid, Stop))!.Decision);
        });

        Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal(1, await DecisionsAsync("rolledback"));
        await NowhereAsync(id);
    }

    [Fact]
    public async Task A_held_child_on_MariaDB_commits_with_its_group()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync(async (orders, token) =>
        {
            await orders.AddAsync(id, token);
            await Till.CallAsync(till => till.AddAsync(id));
            Assert.False(await Till.HasAsync(id));
        });

        Assert.Null(result.Error);
        await TillWorld.UntilAsync(() => Till.HasAsync(id));
        Assert.True(await Orders.HasAsync(id));
        Assert.Equal(0, await DecisionsAsync("committed"));
    }

    [Fact]
    public async Task A_held_child_on_MariaDB_rolls_back_with_its_group()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync(async (orders, _) =>
        {
            await Till.CallAsync(till => till.AddAsync(id));
            await orders.AddThenFailAsync(id);
        });

        Assert.IsType<FatAbortedException>(result.Error);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task A_duplicate_key_ends_the_group_with_the_servers_own_words()
    {
        var (id, taken) = (_world.NextId(), _world.NextId());
        await MariaDb.ExecuteAsync(Till.ConnectionString, $"INSERT INTO items (id, text) VALUES ({taken}, 'there')");
        var result = await Orders.RootAsync(async (orders, token) =>
        {
            await orders.AddAsync(id, token);
            await Till.CallAsync(async till =>
            {
                await till.AddAsync(id);
                await till.AddAsync(taken);
            });
        });

        var aborted = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Contains($"Duplicate entry '{taken}'", aborted.Reason, StringComparison.Ordinal);
        Assert.Contains("(database 'till')", aborted.Reason, StringComparison.Ordinal);
        await NowhereAsync(id);
        Assert.Equal("there", await Till.QueryAsync<string>($"SELECT text FROM items WHERE id = {taken}"));
    }

    [Fact]
    public async Task A_lock_that_is_not_granted_ends_the_group_in_time_and_says_so()
    {
        var (id, locked) = (_world.NextId(), _world.NextId());
        await MariaDb.ExecuteAsync(Till.ConnectionString, $"INSERT INTO items (id, text) VALUES ({locked}, 'there')");
        await using var rival = new MySqlConnection(Till.ConnectionString + ";Pooling=false");
        await rival.OpenAsync(Stop);
        await using var transaction = await rival.BeginTransactionAsync(IsolationLevel.ReadCommitted, Stop);
        await using var command = new MySqlCommand($"UPDATE items SET text = 'rival' WHERE id = {locked}", rival, (MySqlTransaction)transaction);
        await command.ExecuteNonQueryAsync(Stop);

        var started = TimeProvider.System.GetTimestamp();
        var result = await Orders.RootAsync(async (orders, token) =>
        {
            await orders.AddAsync(id, token);
            await Till.CallAsync(till => till.ChangeAsync(locked));
        });

        var aborted = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Contains("A row lock on database 'till' was not granted in time", aborted.Reason, StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0.9, 6);
        await transaction.RollbackAsync(Stop);
        await NowhereAsync(id);
        Assert.Equal("there", await Till.QueryAsync<string>($"SELECT text FROM items WHERE id = {locked}"));
    }

    [Fact]
    public async Task A_held_branch_whose_deadlock_was_swallowed_does_not_vote()
    {
        var (id, after) = (_world.NextId(), _world.NextId());
        await MariaDb.ExecuteAsync(Till.ConnectionString, "CREATE TABLE locks (id int PRIMARY KEY, text varchar(10))");
        await MariaDb.ExecuteAsync(Till.ConnectionString, "INSERT INTO locks (id) VALUES (1), (2), (3), (4), (5), (6)");
        var result = await Orders.RootAsync(async (orders, token) =>
        {
            await orders.AddAsync(id, token);
            await Till.CallAsync(till => till.RunAsync(async execute =>
            {
                await execute($"INSERT INTO items (id, text) VALUES ({id}, 'before')");
                await DeadlockAsync(execute);
                await execute($"INSERT INTO items (id, text) VALUES ({after}, 'after')");
            }));
        });

        var aborted = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Contains("a deadlock whose error the method has swallowed", aborted.Reason, StringComparison.Ordinal);
        await NowhereAsync(id);
        Assert.False(await Till.HasAsync(after));
    }

    [Fact]
    public async Task A_statement_that_commits_implicitly_is_noticed_before_the_vote()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync(async (orders, token) =>
        {
            await orders.AddAsync(id, token);
            await Till.CallAsync(till => till.RunAsync(execute => execute("CREATE TABLE made (id int)")));
        });

        var aborted = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Contains("a statement that commits implicitly", aborted.Reason, StringComparison.Ordinal);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task A_read_only_branch_is_over_when_it_has_answered()
    {
        var id = _world.NextId();
        var (counted, open) = (-1L, -1L);
        var result = await Orders.RootAsync(async (orders, token) =>
        {
            await orders.AddAsync(id, token);
            await Till.CallAsync(async till => counted = await till.CountAsync());
            open = await Till.OpenAsync();
        });

        Assert.Null(result.Error);
        Assert.Equal((0, 0), (counted, open));
        Assert.True(await Orders.HasAsync(id));
    }

    [Fact]
    public async Task A_read_only_branch_cannot_write()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync((_, _) => Till.CallAsync(till => till.AddThoughReadOnlyAsync(id)));

        Assert.Contains("Remove ReadOnly", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task The_pool_gets_its_connections_back_as_they_were()
    {
        var id = _world.NextId();
        Assert.Null((await Orders.RootAsync((_, _) => Till.CallAsync(till => till.AddAsync(id)))).Error);
        Assert.IsType<FatAbortedException>((await Orders.RootAsync((_, _) => Till.CallAsync(till => till.AddAsync(id)))).Error);
        await TillWorld.UntilAsync(async () => await Till.OpenAsync() == 0);
        await using var pooled = new MySqlConnection(Till.ConnectionString);
        await pooled.OpenAsync(Stop);
        await using var command = new MySqlCommand(
            "SELECT CONCAT(@@autocommit = 1, ' ', @@innodb_lock_wait_timeout = @@GLOBAL.innodb_lock_wait_timeout, ' ', @@lock_wait_timeout = @@GLOBAL.lock_wait_timeout)", pooled);

        Assert.Equal("1 1 1", await command.ExecuteScalarAsync(Stop));
    }

    [Fact]
    public void Start_up_says_that_its_branches_are_held_and_which_group_is_whole_all_the_same()
    {
        Assert.Contains(Till.Log, line => line.StartsWith("Warning 109 Fat: database till holds transactions open", StringComparison.Ordinal));
        Assert.Contains(Till.Log, line => line.StartsWith("Information 108", StringComparison.Ordinal) && line.Contains("but for the root's own first one on 'till'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_operator_forces_a_decision_in_MariaDB()
    {
        var gid = GroupId.New(TimeProvider.System.GetUtcNow()).ToString();
        var admin = Till.Services.GetRequiredService<IFatAdmin>();

        var result = await admin.ForceAsync(gid, FatDecision.RolledBack, "ann", "The host burnt down.", new FatForceOptions { DecisionDatabase = "till" }, Stop);

        Assert.Equal((FatDecision.RolledBack, true, "till"), (result.Decision, result.HadEffect, result.DecidedIn));
        Assert.Equal(gid, await Till.QueryAsync<string>("SELECT gid FROM fat_barrier WHERE reason = 'rolledback'"));
        Assert.Equal("ann|The host burnt down.|decided", await Till.QueryAsync<string>("SELECT CONCAT_WS('|', who, why, effect) FROM fat_audit"));
        Assert.Equal(gid, Assert.Single((await admin.ListEndedAsync(cancellationToken: Stop)).Items).Gid);
        Assert.Equal(gid, Assert.Single((await admin.ListForcedAsync(cancellationToken: Stop)).Items).Gid);
    }

    private async Task DeadlockAsync(Func<string, Task> execute)
    {
        await using var rival = new MySqlConnection(Till.ConnectionString + ";Pooling=false");
        await rival.OpenAsync(Stop);
        await using var transaction = (MySqlTransaction)await rival.BeginTransactionAsync(IsolationLevel.ReadCommitted, Stop);
        await using var first = new MySqlCommand("UPDATE locks SET text = 'rival' WHERE id <> 1", rival, transaction);
        await first.ExecuteNonQueryAsync(Stop);
        await execute("UPDATE locks SET text = 'mine' WHERE id = 1");
        await using var second = new MySqlCommand("UPDATE locks SET text = 'rival' WHERE id = 1", rival, transaction);
        var waits = second.ExecuteNonQueryAsync(Stop);
        Assert.Equal(1213, (await Assert.ThrowsAsync<MySqlException>(() => execute("UPDATE locks SET text = 'mine' WHERE id = 2"))).Number);
        await waits;
        await transaction.RollbackAsync(Stop);
    }

    private Task<long> DecisionsAsync(string reason) => Till.QueryAsync<long>($"SELECT COUNT(*) FROM fat_barrier WHERE reason = '{reason}'");

    private async Task NowhereAsync(int id)
    {
        await _world.NothingPreparedAsync(Orders);
        await TillWorld.UntilAsync(async () => await Till.OpenAsync() == 0);
        Assert.False(await Orders.HasAsync(id));
        Assert.False(await Till.HasAsync(id));
        Assert.Equal(0, await DecisionsAsync("committed"));
    }
}
