using System.Data.Common;
using Fat.Core.Tests.World;
using Npgsql;

namespace Fat.Core.Tests.Dialects;

public sealed class PostgresMessageSqlTests(Servers servers) : MessageSqlContract
{
    private static int _number;

    private readonly string _name = $"messages_{Interlocked.Increment(ref _number)}";

    protected override string TwoDaysAgo => "now() - interval '2 days'";

    protected override string Qualified => "\"public\".fat_barrier";

    [Fact]
    public async Task Messages_under_way_are_found_by_their_index()
    {
        await EnsureAsync(Sql);
        await using var connection = await OpenAsync();
        await ExecuteAsync(connection, null, "SET enable_seqscan = off");
        await using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN " + Sql.List.Replace("@p1", "'msg:orders'", StringComparison.Ordinal).Replace("@p2", "60", StringComparison.Ordinal)
            .Replace("@p3", "''", StringComparison.Ordinal).Replace("@p4", "100", StringComparison.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var plan = new List<string>();
        while (await reader.ReadAsync(Stop))
            plan.Add(reader.GetString(0));

        Assert.Contains(plan, line => line.Contains("Index Scan using fat_barrier_msg", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_that_have_ended_are_found_by_their_ids_before_the_table_was_ever_analysed(bool keep)
    {
        await EnsureAsync(Sql);
        await ExecuteAsync("ALTER TABLE fat_barrier SET (autovacuum_enabled = off)");
        await ExecuteAsync(
            "INSERT INTO fat_barrier (trans_type, gid, branch_id, op, barrier_id, reason) SELECT 'msg', 'g' || n, '00', 'msg', '01', 'msg:orders' FROM generate_series(1, 20000) AS n");
        await using var connection = await OpenAsync();
        await ExecuteAsync(connection, null, "SET plan_cache_mode = force_generic_plan");
        var statement = keep ? Sql.End(["g1"]) : Sql.Delete(["g1"]);
        await ExecuteAsync(connection, null, $"PREPARE ended (text[]) AS {statement.Text.Replace("@p1", "$1", StringComparison.Ordinal)}");

        await using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN EXECUTE ended (ARRAY['g1'])";
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var plan = new List<string>();
        while (await reader.ReadAsync(Stop))
            plan.Add(reader.GetString(0));

        Assert.Contains(plan, line => line.Contains("fat_barrier_pkey", StringComparison.Ordinal));
        Assert.Contains(plan, line => line.Contains("Index Cond: (((gid)::text = ANY ($1))", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_name_leaves_room_for_the_names_of_its_indexes()
    {
        var table = new string('t', 62);
        await ExecuteAsync(Dialect.Barrier(table, "fat_audit")!.Create);

        await EnsureAsync(Dialect.Messages(table)!);

        Assert.Equal(3, await CountAsync($"pg_indexes WHERE tablename = '{table}'"));
    }

    protected override Task CreateAsync() => servers.Postgres.CreateDatabaseAsync(_name, Stop);

    protected override Task DropAsync() => servers.Postgres.DropDatabaseAsync(_name, Stop);

    protected override DbConnection Connect() => new NpgsqlConnection(servers.Postgres.ConnectionString(_name) + ";Pooling=false");
}

/// <summary>The same where the constraint has the name that clients of DTM ask for.</summary>
public sealed class PostgresSharedMessageSqlTests(Servers servers) : MessageSqlContract
{
    private static int _number;

    private readonly string _name = $"shared_messages_{Interlocked.Increment(ref _number)}";

    protected override string TwoDaysAgo => "now() - interval '2 days'";

    protected override string Qualified => "\"public\".fat_barrier";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await ExecuteAsync("ALTER TABLE fat_barrier RENAME CONSTRAINT fat_barrier_pkey TO uniq_barrier");

        // As the next start of the service does.
        await ExecuteAsync(Dialect.Barrier("fat_barrier", "fat_audit")!.Create);
    }

    [Fact]
    public async Task A_decision_that_is_there_is_known_as_one()
    {
        var sql = Dialect.Barrier("fat_barrier", "fat_audit")!;
        await ExecuteAsync(sql.RollBack, "g1");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(sql.Commit, "g1", ""));

        Assert.True(sql.IsDecided(refused));
        Assert.Equal("rolledback", await ScalarAsync(sql.Read, "g1"));
    }

    protected override Task CreateAsync() => servers.Postgres.CreateDatabaseAsync(_name, Stop);

    protected override Task DropAsync() => servers.Postgres.DropDatabaseAsync(_name, Stop);

    protected override DbConnection Connect() => new NpgsqlConnection(servers.Postgres.ConnectionString(_name) + ";Pooling=false");
}
