using System.Data.Common;

namespace Fat.Core.Tests.Dialects;

/// <summary>What a dialect's statements on messages have to hold, whatever the product.</summary>
public abstract class MessageSqlContract : BarrierTable
{
    private const double Hour = 3600;

    /// <summary>Another way to name the table, with what it is qualified by.</summary>
    protected abstract string Qualified { get; }

    [Fact]
    public async Task A_message_is_inserted_once()
    {
        Assert.Equal(1, await ExecuteAsync(Sql.Insert, "m1", "msg:orders", "{\"to\": 1}"));

        var refused = await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync(Sql.Insert, "m1", "msg:stock", null));

        Assert.True(Dialect.IsDuplicateKey(refused));
        Assert.True(Dialect.IsRefusal(refused));
        Assert.Equal(["msg:orders", "{\"to\": 1}"], Assert.Single(await RowsAsync(Sql.Read, "m1")));
        Assert.Empty(await RowsAsync(Sql.Read, "m2"));
        Assert.Equal(["msg", "00", "msg", "01"], Assert.Single(await RowsAsync("SELECT trans_type, branch_id, op, barrier_id FROM fat_barrier")));
    }

    [Fact]
    public async Task A_message_without_content_can_be_kept()
    {
        await ExecuteAsync(Sql.Insert, "m1", "msg:orders", null);

        Assert.Equal(["msg:orders", null], Assert.Single(await RowsAsync(Sql.Read, "m1")));
    }

    [Fact]
    public async Task The_first_of_producer_and_recovery_stands()
    {
        await ExecuteAsync(Sql.Insert, "m1", "msg:orders", "{}");
        Assert.Equal(0, await ExecuteAsync(Sql.RollBack, "m1"));
        Assert.Equal(1, await ExecuteAsync(Sql.RollBack, "m2"));
        Assert.Equal(0, await ExecuteAsync(Sql.RollBack, "m2"));

        var late = await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync(Sql.Insert, "m2", "msg:orders", "{}"));

        Assert.True(Dialect.IsDuplicateKey(late));
        Assert.Equal("msg:orders", await ScalarAsync(Sql.Read, "m1"));
        Assert.Equal(FatMessageSql.RolledBack, await ScalarAsync(Sql.Read, "m2"));
    }

    [Fact]
    public async Task A_repetition_takes_the_place_of_an_attempt_that_was_rolled_back_and_of_no_other()
    {
        await ExecuteAsync(Sql.RollBack, "m1");
        await ExecuteAsync($"UPDATE fat_barrier SET create_time = {TwoDaysAgo}, update_time = {TwoDaysAgo}");

        Assert.True(await AgainAsync("m1", "one"));
        Assert.False(await AgainAsync("m1", "two"));
        Assert.Equal(["msg:orders", "one"], Assert.Single(await RowsAsync(Sql.Read, "m1")));
        Assert.InRange(Assert.IsType<double>(Assert.Single(await RowsAsync(Sql.List, "msg:orders", 0.0, string.Empty, 10))[1]), 0, Hour);
        Assert.Equal(1, await CountAsync($"fat_barrier WHERE update_time > {TwoDaysAgo}"));
        await RunAsync(Sql.End(["m1"]));
        Assert.False(await AgainAsync("m1", "three"));
        await ExecuteAsync(Sql.Enter, "msg", "m2", "00", "msg", "01", "msg");
        Assert.False(await AgainAsync("m2", "four"));
        Assert.True(await AgainAsync("m3", "five"));

        Assert.Equal([FatMessageSql.Done, "msg", "msg:orders"], (await RowsAsync("SELECT reason FROM fat_barrier ORDER BY gid")).Select(row => row[0]));
    }

    [Fact]
    public async Task Recovery_waits_for_a_repetition_that_is_open()
    {
        await ExecuteAsync(Sql.RollBack, "m1");
        await using var producer = await OpenAsync();
        await using var producing = await BeginAsync(producer);
        Assert.True(await AgainAsync(producer, producing, "m1", "{}"));

        Assert.True(Dialect.IsLockTimeout(await Assert.ThrowsAnyAsync<DbException>(() => RollBackAsync("m1", TimeSpan.FromSeconds(1)))));
        var waiting = RollBackAsync("m1", TimeSpan.FromSeconds(10));
        await producing.RollbackAsync(Stop);

        Assert.Equal(0, await waiting);
        Assert.Equal(FatMessageSql.RolledBack, await ScalarAsync(Sql.Read, "m1"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_repetitions_at_once_one_commits(bool commits)
    {
        await ExecuteAsync(Sql.RollBack, "m1");
        await using var first = await OpenAsync();
        await using var beginning = await BeginAsync(first);
        Assert.True(await AgainAsync(first, beginning, "m1", "first"));

        var second = AgainAsync("m1", "second");
        await (commits ? beginning.CommitAsync(Stop) : beginning.RollbackAsync(Stop));

        Assert.Equal(!commits, await second);
        Assert.Equal(["msg:orders", commits ? "first" : "second"], Assert.Single(await RowsAsync(Sql.Read, "m1")));
    }

    [Fact]
    public async Task Recovery_waits_for_an_open_producer_no_longer_than_it_may()
    {
        await using var producer = await OpenAsync();
        await using var producing = await BeginAsync(producer);
        await ExecuteAsync(producer, producing, Sql.Insert, "m1", "msg:orders", "{}");

        var started = TimeProvider.System.GetTimestamp();
        var refused = await Assert.ThrowsAnyAsync<DbException>(() => RollBackAsync("m1", TimeSpan.FromSeconds(1)));

        Assert.True(Dialect.IsLockTimeout(refused));
        Assert.True(Dialect.IsRefusal(refused));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0.5, 8);
        var waiting = RollBackAsync("m1", TimeSpan.FromSeconds(10));
        await producing.CommitAsync(Stop);
        Assert.Equal(0, await waiting);
        Assert.Equal("msg:orders", await ScalarAsync(Sql.Read, "m1"));
    }

    [Fact]
    public async Task Recovery_decides_when_the_producer_that_it_waited_for_has_rolled_back()
    {
        await using var producer = await OpenAsync();
        await using var producing = await BeginAsync(producer);
        await ExecuteAsync(producer, producing, Sql.Insert, "m1", "msg:orders", "{}");

        var waiting = RollBackAsync("m1", TimeSpan.FromSeconds(10));
        await producing.RollbackAsync(Stop);

        Assert.Equal(1, await waiting);
        Assert.Equal(FatMessageSql.RolledBack, await ScalarAsync(Sql.Read, "m1"));
    }

    [Fact]
    public async Task Messages_under_way_are_listed_by_service_in_the_order_of_their_ids_when_they_are_old_enough()
    {
        foreach (var message in (string[])["m1", "m2", "m3", "m4", "young"])
            await ExecuteAsync(Sql.Insert, message, "msg:orders", "{}");
        await ExecuteAsync(Sql.Insert, "other", "msg:stock", "{}");
        await ExecuteAsync(Sql.Insert, "done", "msg:orders", "{}");
        await RunAsync(Sql.End(["done"]));
        await ExecuteAsync(Sql.RollBack, "late");
        await ExecuteAsync($"UPDATE fat_barrier SET create_time = {TwoDaysAgo} WHERE gid <> 'young'");

        var first = await RowsAsync(Sql.List, "msg:orders", Hour, string.Empty, 3);
        var second = await RowsAsync(Sql.List, "msg:orders", Hour, "m3", 3);

        Assert.Equal(["m1", "m2", "m3"], first.Select(row => row[0]));
        Assert.Equal(["m4"], second.Select(row => row[0]));
        Assert.All(first, row => Assert.InRange(Assert.IsType<double>(row[1]), 47.9 * Hour, 48.1 * Hour));
        Assert.Equal(["m1", "m2", "m3", "m4", "young"], (await RowsAsync(Sql.List, "msg:orders", 0.0, string.Empty, 10)).Select(row => row[0]));
    }

    [Fact]
    public async Task The_content_of_a_message_changes_while_it_is_under_way()
    {
        foreach (var message in (string[])["m1", "m2", "done"])
            await ExecuteAsync(Sql.Insert, message, "msg:orders", "{}");
        await RunAsync(Sql.End(["done"]));
        await ExecuteAsync(Sql.RollBack, "late");

        Assert.Equal(1, await ExecuteAsync(Sql.Change, "m1", "changed"));
        foreach (var message in (string[])["done", "late", "nowhere"])
            Assert.Equal(0, await ExecuteAsync(Sql.Change, message, "changed"));

        Assert.Equal(["msg:orders", "changed"], Assert.Single(await RowsAsync(Sql.Read, "m1")));
        Assert.Equal(["msg:orders", "{}"], Assert.Single(await RowsAsync(Sql.Read, "m2")));
    }

    [Fact]
    public async Task Of_two_who_replace_the_same_content_one_does()
    {
        await ExecuteAsync(Sql.Insert, "m1", "msg:orders", "one");

        Assert.Equal(0, await ExecuteAsync(Sql.Replace, "m1", "other", "two", "msg:orders"));
        Assert.Equal(0, await ExecuteAsync(Sql.Replace, "nowhere", "one", "two", "msg:orders"));
        Assert.Equal(1, await ExecuteAsync(Sql.Replace, "m1", "one", "two", "msg:orders"));
        Assert.Equal(0, await ExecuteAsync(Sql.Replace, "m1", "one", "three", "msg:orders"));
        Assert.Equal(1, await ExecuteAsync(Sql.Replace, "m1", "two", "three", FatMessageSql.Done));
        Assert.Equal(0, await ExecuteAsync(Sql.Replace, "m1", "three", "four", FatMessageSql.Done));

        Assert.Equal([FatMessageSql.Done, "three"], Assert.Single(await RowsAsync(Sql.Read, "m1")));
    }

    [Fact]
    public async Task Messages_that_have_ended_go_or_stay_as_done()
    {
        foreach (var message in (string[])["m1", "m2", "m3", "m4", "m5"])
            await ExecuteAsync(Sql.Insert, message, "msg:orders", "{}");
        await ExecuteAsync(Sql.RollBack, "late");

        await RunAsync(Sql.End(["m1", "m2", "late", "nowhere"]));
        await RunAsync(Sql.Delete(["m2", "m3", "m4", "late"]));

        Assert.Equal([FatMessageSql.Done, null], Assert.Single(await RowsAsync(Sql.Read, "m1")));
        Assert.Equal(FatMessageSql.Done, await ScalarAsync(Sql.Read, "m2"));
        Assert.Equal(FatMessageSql.RolledBack, await ScalarAsync(Sql.Read, "late"));
        Assert.Equal("msg:orders", await ScalarAsync(Sql.Read, "m5"));
        Assert.Equal(4, await CountAsync("fat_barrier"));
    }

    [Fact]
    public async Task A_branch_takes_effect_once()
    {
        Assert.Equal(1, await ExecuteAsync(Sql.Enter, "msg", "m1", "01", "action", "01", "action"));
        Assert.Equal(0, await ExecuteAsync(Sql.Enter, "msg", "m1", "01", "action", "01", "action"));
        Assert.Equal(1, await ExecuteAsync(Sql.Enter, "msg", "m1", "02", "action", "01", "action"));
        Assert.Equal(1, await ExecuteAsync(Sql.Enter, "msg", "m1", "01", "action", "02", "action"));
        Assert.Equal(1, await ExecuteAsync(Sql.Enter, "saga", "s1", "01", "action", "01", "compensate"));

        Assert.Equal("compensate", await ScalarAsync("SELECT reason FROM fat_barrier WHERE gid = 's1'"));
    }

    [Fact]
    public async Task Messages_that_are_over_are_purged_by_the_time_since_then()
    {
        foreach (var message in (string[])["old1", "old2", "old3", "recent", "under-way"])
            await ExecuteAsync(Sql.Insert, message, "msg:orders", "{}");
        await RunAsync(Sql.End(["old1", "old2", "recent"]));
        await ExecuteAsync(Sql.RollBack, "late");
        await ExecuteAsync(Sql.Enter, "msg", "old1", "01", "action", "01", "action");
        await ExecuteAsync($"UPDATE fat_barrier SET create_time = {TwoDaysAgo}");
        await ExecuteAsync($"UPDATE fat_barrier SET update_time = {TwoDaysAgo} WHERE gid <> 'recent'");

        Assert.Equal(1, await ExecuteAsync(Sql.PurgeMessages, Hour, 2, FatMessageSql.RolledBack));
        Assert.Equal(3, await CountAsync("fat_barrier WHERE reason = 'done'"));
        Assert.Equal(1, await ExecuteAsync(Sql.PurgeMessages, Hour, 1, FatMessageSql.Done));
        Assert.Equal(1, await ExecuteAsync(Sql.PurgeMessages, Hour, 2, FatMessageSql.Done));
        Assert.Equal(0, await ExecuteAsync(Sql.PurgeMessages, Hour, 2, FatMessageSql.Done));

        Assert.Equal(["old1", "old3", "recent", "under-way"], (await RowsAsync("SELECT gid FROM fat_barrier ORDER BY gid")).Select(row => row[0]));
        Assert.Equal("action", await ScalarAsync("SELECT op FROM fat_barrier WHERE gid = 'old1'"));
    }

    [Fact]
    public async Task Rows_of_branches_are_purged_and_never_those_of_decisions_and_held_branches()
    {
        await ExecuteAsync(Dialect.Barrier("fat_barrier", "fat_audit")!.Force, "g1", FatBarrierSql.DecisionOp, "committed", "1-0000000b-1");
        await ExecuteAsync(Dialect.Barrier("fat_barrier", "fat_audit")!.Force, "g1", FatBarrierSql.ForcedOp, "committed", "1-0000000b-1");
        await ExecuteAsync(Sql.Enter, "fat", "g1", "1-0000000b-1", "held", "01", "held");
        await ExecuteAsync(Sql.Insert, "m1", "msg:orders", "{}");
        await ExecuteAsync(Sql.Insert, "m2", "msg:orders", "{}");
        await RunAsync(Sql.End(["m2"]));
        await ExecuteAsync(Sql.RollBack, "m3");
        await ExecuteAsync(Sql.Enter, "msg", "m1", "01", "action", "01", "action");
        await ExecuteAsync(Sql.Enter, "saga", "s1", "01", "action", "01", "compensate");
        await ExecuteAsync(Sql.Enter, "tcc", "t1", "01", "try", "01", "try");
        await ExecuteAsync(Sql.Enter, "msg", "m4", "00", "msg", "01", "msg");
        await ExecuteAsync($"UPDATE fat_barrier SET create_time = {TwoDaysAgo}, update_time = {TwoDaysAgo}");
        await ExecuteAsync(Sql.Enter, "tcc", "young", "01", "try", "01", "try");

        Assert.Equal(3, await ExecuteAsync(Sql.PurgeBranches, Hour, 3));
        Assert.Equal(1, await ExecuteAsync(Sql.PurgeBranches, Hour, 3));
        Assert.Equal(0, await ExecuteAsync(Sql.PurgeBranches, Hour, 3));

        Assert.Equal(
            ["g1 decision", "g1 forced", "g1 held", "m1 msg", "m2 msg", "m3 msg", "young try"],
            (await RowsAsync("SELECT gid, op FROM fat_barrier ORDER BY gid, op")).Select(row => $"{row[0]} {row[1]}"));
    }

    [Fact]
    public async Task Purging_waits_for_no_open_transaction()
    {
        foreach (var message in (string[])["m1", "m2", "m3"])
        {
            await ExecuteAsync(Sql.RollBack, message);
            await ExecuteAsync(Sql.Enter, "msg", message, "01", "action", "01", "action");
        }

        await ExecuteAsync($"UPDATE fat_barrier SET create_time = {TwoDaysAgo}, update_time = {TwoDaysAgo}");
        await using var other = await OpenAsync();
        await using var open = await BeginAsync(other);
        await ExecuteAsync(other, open, "UPDATE fat_barrier SET payload = 'locked' WHERE gid = 'm1'");
        await ExecuteAsync(other, open, Sql.Insert, "m4", "msg:orders", "{}");
        await ExecuteAsync(other, open, Sql.Enter, "msg", "m4", "01", "action", "01", "action");

        Assert.Equal(2, await ExecuteAsync(Sql.PurgeMessages, Hour, 100, FatMessageSql.RolledBack));
        Assert.Equal(2, await ExecuteAsync(Sql.PurgeBranches, Hour, 100));

        await open.CommitAsync(Stop);
        Assert.Equal(4, await CountAsync("fat_barrier"));
        Assert.Equal(2, await CountAsync("fat_barrier WHERE gid = 'm1'"));
    }

    [Fact]
    public async Task Indexes_are_created_once_though_several_instances_do_it_at_the_same_time()
    {
        Assert.Empty(await RowsAsync(Sql.Created));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => EnsureAsync(Sql)));

        Assert.NotEmpty(await RowsAsync(Sql.Created));
        Assert.NotEmpty(await RowsAsync(Dialect.Messages(Qualified)!.Created));
        await ExecuteAsync(Sql.Insert, "m1", "msg:orders", "{}");
        Assert.Single(await RowsAsync(Sql.List, "msg:orders", 0.0, string.Empty, 1));
    }

    [Fact]
    public async Task A_table_may_be_qualified()
    {
        var sql = Dialect.Messages(Qualified)!;
        await EnsureAsync(sql);
        await ExecuteAsync(sql.Insert, "m1", "msg:orders", "{}");
        await ExecuteAsync(sql.Enter, "msg", "m1", "01", "action", "01", "action");
        await ExecuteAsync(sql.RollBack, "m2");
        await ExecuteAsync($"UPDATE {Qualified} SET create_time = {TwoDaysAgo}, update_time = {TwoDaysAgo}");

        Assert.Single(await RowsAsync(sql.List, "msg:orders", Hour, string.Empty, 10));
        Assert.Equal(1, await ExecuteAsync(sql.PurgeMessages, Hour, 10, FatMessageSql.RolledBack));
        Assert.Equal(1, await ExecuteAsync(sql.PurgeBranches, Hour, 10));
        Assert.NotEmpty(await RowsAsync(sql.Created));
    }

    protected async Task EnsureAsync(FatMessageSql sql)
    {
        while ((await RowsAsync(sql.Created)).Count == 0)
        {
            try
            {
                await ExecuteAsync(sql.Create);
            }
            catch (DbException exception) when (Dialect.IsRefusal(exception))
            {
                // Another instance was faster: it is asked again.
            }
        }
    }

    /// <summary>As a producer does with an id of the application's; false when there is another row.</summary>
    private async Task<bool> AgainAsync(string message, string payload)
    {
        await using var connection = await OpenAsync();
        await using var transaction = await BeginAsync(connection);
        var inserted = await AgainAsync(connection, transaction, message, payload);
        await transaction.CommitAsync(Stop);
        return inserted;
    }

    private async Task<bool> AgainAsync(DbConnection connection, DbTransaction transaction, string message, string payload)
    {
        try
        {
            return await ExecuteAsync(connection, transaction, Sql.InsertAgain, message, "msg:orders", payload) == 1;
        }
        catch (DbException exception) when (Sql.TakeOver is not null && Dialect.IsDuplicateKey(exception))
        {
            return await ExecuteAsync(connection, transaction, Sql.TakeOver, message, "msg:orders", payload) == 1;
        }
    }

    private async Task<int> RollBackAsync(string message, TimeSpan patience)
    {
        await using var connection = await OpenAsync();
        await using var transaction = await BeginAsync(connection);
        await ExecuteAsync(connection, transaction, Dialect.LockTimeout(patience)!);
        var affected = await ExecuteAsync(connection, transaction, Sql.RollBack, message);
        await transaction.CommitAsync(Stop);
        return affected;
    }

    private async Task RunAsync(FatSqlStatement statement) => await ExecuteAsync(statement.Text, [.. statement.Parameters]);
}
