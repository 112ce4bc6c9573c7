using System.Data;
using System.Data.Common;
using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fat.Core.Tests.Dialects;

public sealed class PostgresFatBarrierTests(Servers servers) : FatBarrierContract
{
    private static int _number;

    private readonly string _name = $"once_{Interlocked.Increment(ref _number)}";

    protected override string TwoDaysAgo => "now() - interval '2 days'";

    protected override string Session => "SELECT pg_backend_pid()";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await ExecuteAsync("ALTER TABLE items ADD COLUMN text text");
    }

    [Fact]
    public async Task A_contexts_work_is_done_once()
    {
        Assert.True(await CallAsync(1));
        Assert.False(await CallAsync(2));

        Assert.Equal([1], await ItemsAsync());
    }

    [Fact]
    public async Task A_contexts_work_that_fails_leaves_nothing_and_gives_its_connection_back()
    {
        await using var context = Context();

        await Assert.ThrowsAsync<TimeoutException>(() => New("msg", "action").CallAsync(
            context,
            async _ =>
            {
                context.Items.Add(new Item { Id = 1 });
                await context.SaveChangesAsync(Stop);
                throw new TimeoutException("Too slow.");
            },
            Stop));

        Assert.Null(context.Database.CurrentTransaction);
        Assert.Equal(ConnectionState.Closed, context.Database.GetDbConnection().State);
        Assert.Empty(await ItemsAsync());
        Assert.Empty(await BarrierAsync());
    }

    [Fact]
    public async Task A_contexts_open_transaction_is_used_and_left_open()
    {
        await using var context = Context();
        await using (var open = await context.Database.BeginTransactionAsync(Stop))
        {
            Assert.True(await New("msg", "action").CallAsync(
                context,
                async given =>
                {
                    Assert.Same(open, given);
                    context.Items.Add(new Item { Id = 1 });
                    await context.SaveChangesAsync(Stop);
                },
                Stop));
            await Assert.ThrowsAsync<InvalidOperationException>(() => Producer("m1").QueryPreparedAsync(context, Stop));
        }

        Assert.Empty(await ItemsAsync());
        Assert.True(await CallAsync(2));
        Assert.Equal([2], await ItemsAsync());
    }

    [Fact]
    public async Task A_context_asks_whether_a_message_is_prepared()
    {
        await using var context = Context();
        await ExecuteAsync(Sql.Insert, "m1", "msg:orders", "{}");

        Assert.True(await Producer("m1").QueryPreparedAsync(context, Stop));
        Assert.False(await Producer("m2").QueryPreparedAsync(context, Stop));

        Assert.Equal(ConnectionState.Closed, context.Database.GetDbConnection().State);
    }

    [Fact]
    public async Task A_client_of_DTM_shares_the_table_once_its_constraint_has_the_name_that_the_client_knows()
    {
        // As the clients say it (dtmimp/db_special.go).
        const string Insert = "insert into fat_barrier(trans_type, gid, branch_id, op, barrier_id, reason) values('saga', @p1, '01', 'action', '01', 'action')  on conflict ON CONSTRAINT uniq_barrier do nothing";
        Assert.Equal("42704", (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(Insert, "g1"))).SqlState);

        await ExecuteAsync("ALTER TABLE fat_barrier RENAME CONSTRAINT fat_barrier_pkey TO uniq_barrier");

        Assert.Equal((1, 0), (await ExecuteAsync(Insert, "g1"), await ExecuteAsync(Insert, "g1")));
        Assert.False(await CallAsync(new FatBarrier("saga", "g1", "01", "action"), 1));
        Assert.True(await CallAsync(new FatBarrier("saga", "g2", "01", "action"), 2));
        Assert.Equal(0, await ExecuteAsync(Insert, "g2"));
        await ExecuteAsync($"UPDATE fat_barrier SET create_time = {TwoDaysAgo} WHERE gid = 'g1'");
        Assert.Equal(1, await ExecuteAsync(Sql.PurgeBranches, 3600.0, 10));
    }

    [Fact]
    public async Task Rows_in_DTMs_own_table_have_their_times_and_are_purged()
    {
        // dtmcli.barrier.postgres.sql of DTM, which knows no payload.
        await ExecuteAsync("CREATE SCHEMA dtm_barrier");
        await ExecuteAsync(
            "CREATE TABLE dtm_barrier.barrier (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, trans_type varchar(45) DEFAULT '', gid varchar(128) DEFAULT '', branch_id varchar(128) DEFAULT '', " +
            "op varchar(45) DEFAULT '', barrier_id varchar(45) DEFAULT '', reason varchar(45) DEFAULT '', create_time timestamp(0) with time zone DEFAULT NULL, update_time timestamp(0) with time zone DEFAULT NULL, " +
            "CONSTRAINT uniq_barrier UNIQUE (gid, branch_id, op, barrier_id))");
        const string Insert = "insert into dtm_barrier.barrier(trans_type, gid, branch_id, op, barrier_id, reason) values('saga', @p1, '01', 'action', '01', 'action')  on conflict ON CONSTRAINT uniq_barrier do nothing";
        var purge = Dialect.Messages("dtm_barrier.barrier")!.PurgeBranches;
        await ExecuteAsync(Insert, "before");

        Assert.True(await CallAsync(new FatBarrier("saga", "g1", "01", "action", "dtm_barrier.barrier"), 1));
        Assert.False(await CallAsync(new FatBarrier("saga", "before", "01", "action", "dtm_barrier.barrier"), 2));

        Assert.Equal(1, await CountAsync("dtm_barrier.barrier WHERE gid = 'g1' AND create_time > now() - interval '1 hour' AND update_time > now() - interval '1 hour'"));
        await ExecuteAsync("ALTER TABLE dtm_barrier.barrier ALTER create_time SET DEFAULT now(), ALTER update_time SET DEFAULT now()");
        await ExecuteAsync("UPDATE dtm_barrier.barrier SET create_time = now(), update_time = now() WHERE create_time IS NULL");
        await ExecuteAsync(Insert, "behind");
        await ExecuteAsync($"UPDATE dtm_barrier.barrier SET create_time = create_time - interval '2 days'");
        Assert.Equal(3, await ExecuteAsync(purge, 3600.0, 10));
    }

    protected override Task CreateAsync() => servers.Postgres.CreateDatabaseAsync(_name, Stop);

    protected override Task DropAsync() => servers.Postgres.DropDatabaseAsync(_name, Stop);

    protected override DbConnection Connect() => new NpgsqlConnection(servers.Postgres.ConnectionString(_name) + ";Pooling=false");

    protected override async Task SpoilAsync(DbTransaction transaction) =>
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(transaction.Connection!, transaction, "SELECT no_such_function()"));

    protected override string Kill(object? session) => $"SELECT pg_terminate_backend({session})";

    private async Task<bool> CallAsync(int id)
    {
        await using var context = Context();
        var done = await New("msg", "action").CallAsync(
            context,
            async _ =>
            {
                context.Items.Add(new Item { Id = id });
                await context.SaveChangesAsync(Stop);
            },
            Stop);
        Assert.Equal(ConnectionState.Closed, context.Database.GetDbConnection().State);
        return done;
    }

    private ItemsContext Context() => new(new DbContextOptionsBuilder<ItemsContext>().UseNpgsql(Connect().ConnectionString).Options);
}
