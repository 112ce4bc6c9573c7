using Fat.Core.Tests.Health;
using Fat.Core.Tests.World;
using MySql.Data.MySqlClient;
using Npgsql;

namespace Fat.Core.Tests.Dialects;

/// <summary>A barrier table that somebody else has made, and that could not keep its promise, is not used.</summary>
public sealed class UnfitTableTests(UnfitTableTests.EmptyWorld world) : IClassFixture<UnfitTableTests.EmptyWorld>
{
    private const string Columns =
        "trans_type text NOT NULL DEFAULT '', gid text NOT NULL, branch_id text NOT NULL, op text NOT NULL, barrier_id text NOT NULL, reason text NOT NULL DEFAULT '', payload text, " +
        "create_time timestamptz NOT NULL DEFAULT now(), update_time timestamptz NOT NULL DEFAULT now()";

    private const string Key = "(gid, branch_id, op, barrier_id)";

    private static int _number;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData($"CREATE UNLOGGED TABLE fat_barrier ({Columns}, PRIMARY KEY {Key})", "UNLOGGED")]
    [InlineData($"CREATE TABLE fat_barrier ({Columns})", "unique key")]
    [InlineData($"CREATE TABLE fat_barrier ({Columns}, UNIQUE {Key} DEFERRABLE)", "unique key")]
    [InlineData($"CREATE TABLE fat_barrier ({Columns}); CREATE UNIQUE INDEX part ON fat_barrier {Key} WHERE op <> 'decision'", "unique key")]
    [InlineData($"CREATE TABLE fat_barrier ({Columns}); CREATE UNIQUE INDEX other ON fat_barrier (gid, branch_id, op, (barrier_id || reason))", "unique key")]
    [InlineData($"CREATE TABLE fat_barrier ({Columns}, PRIMARY KEY (gid, branch_id, op, barrier_id, create_time)) PARTITION BY RANGE (create_time); CREATE TABLE all_of_it PARTITION OF fat_barrier DEFAULT", "partitions")]
    public async Task The_service_does_not_start(string create, string says)
    {
        var refused = await Assert.ThrowsAsync<FatConfigurationException>(() => world.StartAsync($"unfit{Interlocked.Increment(ref _number)}", connection: Creates(create)));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"CREATE TABLE fat_barrier (id bigserial PRIMARY KEY, {Columns}, UNIQUE (barrier_id, gid, op, branch_id) INCLUDE (reason))")]
    [InlineData($"CREATE TABLE fat_barrier ({Columns}, PRIMARY KEY {Key}) PARTITION BY HASH (gid); CREATE TABLE all_of_it PARTITION OF fat_barrier FOR VALUES WITH (MODULUS 1, REMAINDER 0)")]
    public async Task Another_shape_with_the_key_is_used(string create)
    {
        var service = await world.StartAsync($"fit{Interlocked.Increment(ref _number)}", connection: Creates(create));
        var child = await world.StartAsync($"child{Interlocked.Increment(ref _number)}");
        var id = world.NextId();

        var result = await service.RootAsync((_, _) => child.CallAsync((items, token) => items.AddAsync(id, token)));

        Assert.True(result.Outcome == FatOutcome.Committed, $"{result.Error}");
        await child.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task Health_tells_of_a_table_that_was_changed_later()
    {
        var service = await world.StartAsync($"later{Interlocked.Increment(ref _number)}");

        await ChangeAsync("ALTER TABLE fat_barrier SET UNLOGGED");
        Assert.Contains("UNLOGGED", Assert.Single((await HealthWorld.CheckAsync(service)).Parts, part => part.Name == $"database:{service.Name}").What, StringComparison.Ordinal);
        await ChangeAsync("ALTER TABLE fat_barrier SET LOGGED");
        Assert.Equal(FatHealthState.Healthy, Assert.Single((await HealthWorld.CheckAsync(service)).Parts, part => part.Name == $"database:{service.Name}").State);

        async Task ChangeAsync(string sql)
        {
            await using var connection = new NpgsqlConnection(service.ConnectionString + ";Pooling=false");
            await connection.OpenAsync(Stop);
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(Stop);
        }
    }

    private static Action<string> Creates(string sql) => connectionString =>
    {
        using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    };

    public sealed class EmptyWorld(Servers servers) : GroupWorld(servers)
    {
        public override ValueTask InitializeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>The same of MySQL and MariaDB.</summary>
[Collection(typeof(MariaDbCollection))]
public sealed class MySqlUnfitTableTests(MariaDb server)
{
    private const string Columns = "gid varchar(128) NOT NULL, branch_id varchar(128) NOT NULL, op varchar(45) NOT NULL, barrier_id varchar(45) NOT NULL";

    [Theory]
    [InlineData($"CREATE TABLE fat_barrier ({Columns}) ENGINE=InnoDB", "unique key")]
    [InlineData($"CREATE TABLE fat_barrier ({Columns}, UNIQUE (gid, branch_id, op, barrier_id(3))) ENGINE=InnoDB", "unique key")]
    [InlineData($"CREATE TABLE fat_barrier ({Columns}, n int NOT NULL, UNIQUE (gid, branch_id, op, barrier_id, n)) ENGINE=InnoDB", "unique key")]
    [InlineData("CREATE TABLE fat_barrier (gid varchar(50) NOT NULL, branch_id varchar(50) NOT NULL, op varchar(45) NOT NULL, barrier_id varchar(45) NOT NULL, PRIMARY KEY (gid, branch_id, op, barrier_id)) ENGINE=MyISAM", "MyISAM")]
    [InlineData($"CREATE TABLE fat_barrier ({Columns}, id int AUTO_INCREMENT PRIMARY KEY, UNIQUE (barrier_id, op, branch_id, gid)) ENGINE=InnoDB", null)]
    [InlineData("SELECT 1", null)]
    public async Task It_is_told_why(string create, string? says)
    {
        var database = await server.CreateAsync();
        await MariaDb.ExecuteAsync(database, create);

        foreach (var table in new[] { "fat_barrier", $"{new MySqlConnectionStringBuilder(database).Database}.fat_barrier" })
        {
            var told = await WhyAsync(database, table);
            if (says is null)
                Assert.Null(told);
            else
                Assert.Contains(says, told, StringComparison.Ordinal);
        }

        await server.DropAsync(database);
    }

    /// <summary>Null also where there is no table.</summary>
    private static async Task<string?> WhyAsync(string connectionString, string table)
    {
        await using var connection = new MySqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var ask = new MySqlCommand(FatDialects.MySql.Barrier(table, "fat_audit")!.Unfit, connection);
        return await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken) as string;
    }
}
