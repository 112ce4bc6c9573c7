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
