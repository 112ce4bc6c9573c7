using System.Data;
using System.Data.Common;
using System.Transactions;

namespace Fat.Core.Tests.Dialects;

/// <summary>What the barrier has to hold on every product: DTM's rules, and that rows and work are one transaction.</summary>
public abstract class FatBarrierContract : BarrierTable
{
    /// <summary>A query for what <see cref="Kill"/> ends.</summary>
    protected abstract string Session { get; }

    [Fact]
    public async Task The_work_of_a_branch_is_done_once()
    {
        Assert.True(await CallAsync(New("msg", "action"), 1));
        Assert.False(await CallAsync(New("msg", "action"), 2));

        Assert.Equal([1], await ItemsAsync());
        Assert.Equal(["msg 01 action 01 action"], await BarrierAsync());
    }

    [Fact]
    public async Task The_work_is_done_once_by_calls_that_come_at_the_same_time()
    {
        var done = await Task.WhenAll(Enumerable.Range(1, 6).Select(id => CallAsync(New("msg", "action"), id)));

        Assert.Single(done, true);
        Assert.Single(await ItemsAsync());
    }

    [Fact]
    public async Task A_call_waits_for_the_same_one_that_is_open_and_does_the_work_when_that_has_failed()
    {
        var working = new TaskCompletionSource();
        var fail = new TaskCompletionSource();
        await using var first = Connect();
        var failing = New("msg", "action").CallAsync(
            first,
            async transaction =>
            {
                await AddAsync(transaction, 1);
                working.SetResult();
                await fail.Task;
                throw new TimeoutException("Too slow.");
            },
            Stop);
        await working.Task.WaitAsync(Stop);
        var waiting = CallAsync(New("msg", "action"), 2);
        fail.SetResult();

        await Assert.ThrowsAsync<TimeoutException>(() => failing);
        Assert.True(await waiting);
        Assert.Equal([2], await ItemsAsync());
    }

    [Fact]
    public async Task Work_that_fails_leaves_nothing_and_is_repeated_by_another_request()
    {
        var barrier = New("saga", "action");
        await using var connection = Connect();

        await Assert.ThrowsAsync<TimeoutException>(() => barrier.CallAsync(
            connection,
            async transaction =>
            {
                await AddAsync(transaction, 1);
                throw new TimeoutException("Too slow.");
            },
            Stop));

        Assert.Equal(ConnectionState.Closed, connection.State);
        Assert.Empty(await ItemsAsync());
        Assert.Empty(await BarrierAsync());
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(barrier, 1));
        Assert.Contains("new FatBarrier", refused.Message, StringComparison.Ordinal);
        Assert.True(await CallAsync(New("saga", "action"), 2));
        Assert.Equal([2], await ItemsAsync());
    }

    [Fact]
    public async Task Work_that_swallows_what_ended_its_transaction_is_not_done()
    {
        await using var connection = Connect();

        await Assert.ThrowsAnyAsync<DbException>(() => New("msg", "action").CallAsync(
            connection,
            async transaction =>
            {
                await AddAsync(transaction, 1);
                await SpoilAsync(transaction);
                try
                {
                    await AddAsync(transaction, 2);
                }
                catch (DbException)
                {
                    // PostgreSQL refuses it, MySQL goes on: neither must keep it.
                }
            },
            Stop));

        Assert.Empty(await ItemsAsync());
        Assert.Empty(await BarrierAsync());
    }

    [Fact]
    public async Task A_connection_that_is_lost_passes_its_exception_and_the_barrier_finds_out()
    {
        await using var connection = Connect();

        await Assert.ThrowsAnyAsync<Exception>(() => New("msg", "action").CallAsync(
            connection,
            async transaction =>
            {
                await AddAsync(transaction, 1);
                await using var command = transaction.Connection!.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = Session;
                await ExecuteAsync(Kill(await command.ExecuteScalarAsync(Stop)));
            },
            Stop));

        Assert.Empty(await ItemsAsync());
        Assert.True(await CallAsync(New("msg", "action"), 1));
    }

    [Theory]
    [InlineData("tcc", "try", "cancel")]
    [InlineData("saga", "action", "compensate")]
    [InlineData("xa", "action", "rollback")]
    public async Task What_takes_back_a_branch_that_has_not_come_does_nothing_and_the_branch_comes_too_late(string transType, string origin, string op)
    {
        Assert.False(await CallAsync(New(transType, op), 1));
        Assert.False(await CallAsync(New(transType, op), 2));
        Assert.False(await CallAsync(New(transType, origin), 3));

        Assert.Empty(await ItemsAsync());
        Assert.Equal(new[] { $"{transType} 01 {origin} 01 {op}", $"{transType} 01 {op} 01 {op}" }.Order(StringComparer.Ordinal), await BarrierAsync());
    }

    [Theory]
    [InlineData("tcc", "try", "cancel")]
    [InlineData("saga", "action", "compensate")]
    [InlineData("xa", "action", "rollback")]
    public async Task What_takes_back_a_branch_that_has_come_does_it_once(string transType, string origin, string op)
    {
        Assert.True(await CallAsync(New(transType, origin), 1));
        Assert.True(await CallAsync(New(transType, op), 2));
        Assert.False(await CallAsync(New(transType, op), 3));
        Assert.False(await CallAsync(New(transType, origin), 4));

        Assert.Equal([1, 2], await ItemsAsync());
    }

    [Fact]
    public async Task What_takes_back_waits_for_the_branch_that_is_open()
    {
        var working = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var connection = Connect();
        var trying = New("tcc", "try").CallAsync(
            connection,
            async transaction =>
            {
                await AddAsync(transaction, 1);
                working.SetResult();
                await go.Task;
            },
            Stop);
        await working.Task.WaitAsync(Stop);
        var cancelling = CallAsync(New("tcc", "cancel"), 2);
        go.SetResult();

        Assert.True(await trying);
        Assert.True(await cancelling);
        Assert.Equal([1, 2], await ItemsAsync());
    }

    [Fact]
    public async Task A_confirmation_asks_for_no_other_row()
    {
        Assert.True(await CallAsync(New("tcc", "confirm"), 1));
        Assert.False(await CallAsync(New("tcc", "confirm"), 2));

        Assert.Equal(["tcc 01 confirm 01 confirm"], await BarrierAsync());
    }

    [Fact]
    public async Task Branches_and_transactions_are_told_apart()
    {
        Assert.True(await CallAsync(new FatBarrier("msg", "m1", "01", "action"), 1));
        Assert.True(await CallAsync(new FatBarrier("msg", "m1", "02", "action"), 2));
        Assert.True(await CallAsync(new FatBarrier("msg", "m2", "01", "action"), 3));

        Assert.Equal([1, 2, 3], await ItemsAsync());
    }

    [Fact]
    public async Task The_calls_of_one_request_are_counted()
    {
        var first = New("msg", "action");
        Assert.True(await CallAsync(first, 1));
        Assert.True(await CallAsync(first, 2));
        await Assert.ThrowsAnyAsync<DbException>(() => CallAsync(first, 2));

        var second = New("msg", "action");
        Assert.False(await CallAsync(second, 11));
        Assert.False(await CallAsync(second, 12));
        Assert.True(await CallAsync(second, 3));

        Assert.Equal([1, 2, 3], await ItemsAsync());
        Assert.Equal(["msg 01 action 01 action", "msg 01 action 02 action", "msg 01 action 03 action"], await BarrierAsync());
    }

    [Fact]
    public async Task An_open_connection_stays_open_and_is_as_it_was()
    {
        await using var connection = await OpenAsync();

        Assert.True(await New("msg", "action").CallAsync(connection, transaction => AddAsync(transaction, 1), Stop));
        Assert.False(await New("msg", "action").CallAsync(connection, transaction => AddAsync(transaction, 2), Stop));

        Assert.Equal(ConnectionState.Open, connection.State);
        await ExecuteAsync(connection, null, "INSERT INTO items (id) VALUES (3)");
        Assert.Equal([1, 3], await ItemsAsync());
    }

    [Fact]
    public async Task A_product_that_nobody_knows_is_refused_and_a_dialect_can_be_given()
    {
        await using var connection = Connect();

        var refused = await Assert.ThrowsAsync<FatConfigurationException>(
            () => new FatBarrier("msg", "m1", "01", "action", dialect: new Unknown()).CallAsync(connection, _ => Task.CompletedTask, Stop));

        Assert.Contains("no barrier for Lakebase", refused.Message, StringComparison.Ordinal);
        Assert.Contains("FatDialect.Messages", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ConnectionState.Closed, connection.State);
        Assert.True(await CallAsync(new FatBarrier("msg", "m1", "01", "action", dialect: Dialect), 1));
    }

    [Fact]
    public async Task A_missing_table_fails_the_call_before_its_work()
    {
        await Assert.ThrowsAnyAsync<DbException>(() => CallAsync(new FatBarrier("msg", "m1", "01", "action", "elsewhere"), 1));

        Assert.Empty(await ItemsAsync());
    }

    [Fact]
    public async Task A_transaction_scope_is_refused()
    {
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        await using var connection = Connect();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => New("msg", "action").CallAsync(connection, _ => Task.CompletedTask, Stop));

        Assert.Contains("TransactionScope", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_whose_producer_has_committed_is_prepared()
    {
        Assert.True(await CallAsync(Producer("m1"), 1));
        await ExecuteAsync(Sql.Insert, "m2", "msg:orders", "{}");
        await ExecuteAsync(Sql.Insert, "m3", "done", null);

        foreach (var message in (string[])["m1", "m1", "m2", "m3"])
            Assert.True(await QueryAsync(message));
        Assert.Equal("msg", await ScalarAsync(Sql.Read, "m1"));
        Assert.Equal("msg:orders", await ScalarAsync(Sql.Read, "m2"));
    }

    [Fact]
    public async Task A_message_whose_producer_was_rolled_back_is_not_and_never_will_be()
    {
        await using var connection = Connect();
        await Assert.ThrowsAsync<TimeoutException>(() => Producer("m1").CallAsync(connection, _ => throw new TimeoutException("Too slow."), Stop));

        Assert.False(await QueryAsync("m1"));
        Assert.False(await QueryAsync("m1"));

        Assert.False(await CallAsync(Producer("m1"), 1));
        Assert.Empty(await ItemsAsync());
    }

    [Fact]
    public async Task A_message_that_nobody_has_produced_is_not_and_never_will_be()
    {
        Assert.False(await QueryAsync("m1"));

        var late = await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync(Sql.Insert, "m1", "msg:orders", "{}"));

        Assert.True(Dialect.IsDuplicateKey(late));
        Assert.Equal(["msg 00 msg 01 rollback"], await BarrierAsync());
    }

    [Fact]
    public async Task A_producer_that_is_open_is_not_decided_about()
    {
        var working = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var connection = Connect();
        var producing = Producer("m1").CallAsync(
            connection,
            async transaction =>
            {
                await AddAsync(transaction, 1);
                working.SetResult();
                await go.Task;
            },
            Stop);
        await working.Task.WaitAsync(Stop);

        var started = TimeProvider.System.GetTimestamp();
        var open = await Assert.ThrowsAsync<TimeoutException>(() => QueryAsync("m1"));
        Assert.IsType<DbException>(open.InnerException, exactMatch: false);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 1.5, 8);

        go.SetResult();
        Assert.True(await producing);
        Assert.True(await QueryAsync("m1"));
    }

    protected static FatBarrier New(string transType, string op) => new(transType, "g1", "01", op);

    protected static FatBarrier Producer(string message) => new("msg", message, "00", "msg");

    /// <summary>Makes the server give the transaction up; the error is swallowed.</summary>
    protected abstract Task SpoilAsync(DbTransaction transaction);

    /// <summary>A statement that ends a session.</summary>
    protected abstract string Kill(object? session);

    protected static Task AddAsync(DbTransaction transaction, int id) => ExecuteAsync(transaction.Connection!, transaction, $"INSERT INTO items (id) VALUES ({id})");

    protected async Task<IEnumerable<int>> ItemsAsync() => (await RowsAsync("SELECT id FROM items ORDER BY id")).Select(row => (int)row[0]!);

    /// <summary>The rows of the barrier table: kind, branch, op, number, reason.</summary>
    protected async Task<IEnumerable<string>> BarrierAsync() =>
        (await RowsAsync("SELECT trans_type, branch_id, op, barrier_id, reason FROM fat_barrier")).Select(row => string.Join(' ', row)).Order(StringComparer.Ordinal);

    protected async Task<bool> CallAsync(FatBarrier barrier, int id)
    {
        await using var connection = Connect();
        return await barrier.CallAsync(connection, transaction => AddAsync(transaction, id), Stop);
    }

    private async Task<bool> QueryAsync(string message)
    {
        await using var connection = Connect();
        return await Producer(message).QueryPreparedAsync(connection, Stop);
    }

    private sealed class Unknown : FatDialect
    {
        public override string Product => "Lakebase";
    }
}
