using System.Data;
using System.Data.Common;
using Fat.Core.Tests.Protocol;
using Fat.Decisions;
using Fat.Dialects;
using Fat.Protocol;
using Fat.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Dialects;

/// <summary>What a dialect's barrier has to hold, whatever the product (rules S1, S5, S7 and L4).</summary>
public abstract class BarrierContract : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider();
    private FatDatabase _database = null!;
    private DatabaseDecisionLog _log = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static BranchVote[] Branches { get; } = [Sample.Prepared("1-0000000b-1"), Sample.Prepared("2-0000000c-1")];

    /// <summary>An instant two days ago, for the database.</summary>
    protected abstract string TwoDaysAgo { get; }

    public async ValueTask InitializeAsync()
    {
        await CreateAsync();
        using (var connection = Connect())
        {
            _database = new FatDatabase(
                FatName.Parse("main", "name"), _ => Connect(), null, FatEnlistment.Direct, held: true, "fat_barrier", "fat_audit",
                new KnownDialects().For(connection), Background.ThreadPool);
        }

        _log = new DatabaseDecisionLog(_database, _services, connections: 1);
        await _log.EnsureTableAsync(Stop);
        await ExecuteAsync("CREATE TABLE items (id int PRIMARY KEY)");
    }

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        await DropAsync();
        await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_first_decision_stands_when_it_is_a_commit()
    {
        var gid = NewGroup();
        Assert.Equal(DecisionResult.Committed, (await _log.CommitAsync(gid, Branches, null, Stop)).Result);

        var found = await _log.ResolveAsync(gid, Stop);

        Assert.Equal(Decision.Committed, found!.Decision);
        Assert.Equal(Branches, found.Branches);
        Assert.Equal("committed", await ReasonAsync(gid));
    }

    [Fact]
    public async Task The_first_decision_stands_when_it_is_recoverys_roll_back()
    {
        var (gid, other) = (NewGroup(), NewGroup());
        Assert.Equal(Decision.RolledBack, (await _log.ResolveAsync(gid, Stop))!.Decision);

        var late = await Task.WhenAll(_log.CommitAsync(gid, Branches, null, Stop), _log.CommitAsync(other, Branches, null, Stop));

        Assert.Equal([DecisionResult.RolledBackByRecovery, DecisionResult.Committed], late.Select(write => write.Result));
        Assert.Equal("rolledback", await ReasonAsync(gid));
        Assert.Equal("committed", await ReasonAsync(other));
    }

    [Fact]
    public async Task A_roots_transaction_carries_the_decision_and_its_work_together()
    {
        var gid = NewGroup();
        await using var carrier = await BeginAsync();
        await carrier.ExecuteAsync("INSERT INTO items (id) VALUES (1)", [], Stop);

        Assert.Equal(DecisionResult.Committed, (await _log.CommitAsync(gid, Branches, carrier, Stop)).Result);

        Assert.Equal(1, await CountAsync("items"));
        Assert.Equal("committed", await ReasonAsync(gid));
        Assert.Equal(Branches, (await _log.ReadAsync(gid, Stop))!.Branches);
    }

    [Fact]
    public async Task A_roots_transaction_that_comes_too_late_keeps_nothing()
    {
        var gid = NewGroup();
        await _log.ResolveAsync(gid, Stop);
        await using var carrier = await BeginAsync();
        await carrier.ExecuteAsync("INSERT INTO items (id) VALUES (1)", [], Stop);

        Assert.Equal(DecisionResult.RolledBackByRecovery, (await _log.CommitAsync(gid, Branches, carrier, Stop)).Result);
        await carrier.RollbackAsync();

        Assert.Equal(0, await CountAsync("items"));
        Assert.Equal("rolledback", await ReasonAsync(gid));
    }

    [Fact]
    public async Task A_roots_transaction_that_the_server_has_given_up_commits_neither_decision_nor_work()
    {
        var gid = NewGroup();
        await using var carrier = await BeginAsync();
        await carrier.ExecuteAsync("INSERT INTO items (id) VALUES (1)", [], Stop);
        await SpoilAsync(carrier);
        try
        {
            await carrier.ExecuteAsync("INSERT INTO items (id) VALUES (2)", [], Stop);
        }
        catch (DbException)
        {
            // PostgreSQL refuses it, MySQL goes on: neither must keep it.
        }

        Assert.Equal(DecisionResult.Failed, (await _log.CommitAsync(gid, Branches, carrier, Stop)).Result);
        await carrier.RollbackAsync();

        Assert.Equal(0, await CountAsync("items"));
        Assert.Null(await _log.ReadAsync(gid, Stop));
    }

    [Fact]
    public async Task A_roots_decision_that_is_not_committed_yet_is_waited_for_no_longer_than_two_seconds()
    {
        var gid = NewGroup();
        await using var root = await OpenAsync();
        await using var transaction = await root.BeginTransactionAsync(IsolationLevel.ReadCommitted, Stop);
        await ExecuteAsync(root, transaction, _database.Barrier!.Force, gid.ToString(), FatBarrierSql.DecisionOp, "committed", BranchList.Format(Branches));

        var started = TimeProvider.System.GetTimestamp();
        Assert.Null(await _log.ResolveAsync(gid, Stop));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 1.5, 8);

        await transaction.CommitAsync(Stop);
        Assert.Equal(Decision.Committed, (await _log.ResolveAsync(gid, Stop))!.Decision);
    }

    [Fact]
    public async Task Recovery_waits_for_a_root_that_rolls_back_and_then_decides()
    {
        var gid = NewGroup();
        await using var root = await OpenAsync();
        await using var transaction = await root.BeginTransactionAsync(IsolationLevel.ReadCommitted, Stop);
        await ExecuteAsync(root, transaction, _database.Barrier!.Force, gid.ToString(), FatBarrierSql.DecisionOp, "committed", BranchList.Format(Branches));

        var resolving = _log.ResolveAsync(gid, Stop);
        await transaction.RollbackAsync(Stop);

        Assert.Equal(Decision.RolledBack, (await resolving)!.Decision);
    }

    [Fact]
    public async Task Many_decisions_at_once_are_each_told_apart()
    {
        var groups = Enumerable.Range(0, 90).Select(_ => NewGroup()).ToList();
        foreach (var lost in groups.Where((_, number) => number % 9 == 0))
            await _log.ResolveAsync(lost, Stop);

        var writes = await Task.WhenAll(groups.Select(gid => _log.CommitAsync(gid, Branches, null, Stop)));

        Assert.Equal(
            groups.Select((_, number) => number % 9 == 0 ? DecisionResult.RolledBackByRecovery : DecisionResult.Committed),
            writes.Select(write => write.Result));
        Assert.Equal(80, await CountAsync("fat_barrier WHERE reason = 'committed'"));
    }

    [Fact]
    public async Task Commit_decisions_are_listed_in_the_order_of_their_groups_and_forgotten_by_name()
    {
        var groups = Enumerable.Range(0, 5).Select(_ => NewGroup()).OrderBy(gid => gid.ToString(), StringComparer.Ordinal).ToList();
        foreach (var gid in groups)
            await _log.CommitAsync(gid, Branches, null, Stop);
        await _log.ResolveAsync(NewGroup(), Stop);
        await ExecuteAsync($"UPDATE fat_barrier SET create_time = {TwoDaysAgo} WHERE gid <> '{groups[4]}'");

        var first = await _log.ListCommittedAsync(TimeSpan.FromHours(1), null, 2, Stop);
        var second = await _log.ListCommittedAsync(TimeSpan.FromHours(1), first[^1].Gid, 10, Stop);
        await _log.ForgetAsync([groups[0], groups[2]], Stop);

        Assert.Equal(groups.Take(4), first.Concat(second).Select(group => group.Gid));
        Assert.All(first, group => Assert.InRange(group.Age.TotalHours, 47.9, 48.1));
        Assert.All(first, group => Assert.Equal(Branches, group.Decision.Branches));
        Assert.Equal([groups[1], groups[3]], (await _log.ListCommittedAsync(TimeSpan.FromHours(1), null, 10, Stop)).Select(group => group.Gid));
        Assert.Equal(1, await CountAsync("fat_barrier WHERE reason = 'rolledback'"));
    }

    [Fact]
    public async Task Old_roll_backs_are_forgotten_though_a_root_has_a_row_that_is_not_committed()
    {
        var (old, young, committed) = (NewGroup(), NewGroup(), NewGroup());
        await _log.ResolveAsync(old, Stop);
        await _log.CommitAsync(committed, Branches, null, Stop);
        await ExecuteAsync($"UPDATE fat_barrier SET create_time = {TwoDaysAgo}");
        await _log.ResolveAsync(young, Stop);
        await using var root = await OpenAsync();
        await using var transaction = await root.BeginTransactionAsync(IsolationLevel.ReadCommitted, Stop);
        await ExecuteAsync(root, transaction, _database.Barrier!.Force, NewGroup().ToString(), FatBarrierSql.DecisionOp, "committed", string.Empty);

        await _log.ForgetRolledBackAsync(Stop);

        Assert.Null(await ReasonAsync(old));
        Assert.Equal("rolledback", await ReasonAsync(young));
        Assert.Equal("committed", await ReasonAsync(committed));
    }

    [Fact]
    public async Task A_forced_decision_is_the_first_or_tells_which_one_was()
    {
        var gid = NewGroup();
        var first = await _log.Forced.DecideAsync(Forced(gid, DecisionRecord.RolledBack), Stop);
        var second = await _log.Forced.DecideAsync(Forced(gid, new DecisionRecord(Decision.Committed, [.. Branches])), Stop);

        Assert.Equal((true, Decision.RolledBack), (first!.Decided, first.Standing.Decision));
        Assert.Equal((false, Decision.RolledBack), (second!.Decided, second.Standing.Decision));
        Assert.Equal(DecisionResult.RolledBackByRecovery, (await _log.CommitAsync(gid, Branches, null, Stop)).Result);
        var records = await _log.Forced.ListRecordsAsync(gid, 10, Stop);
        Assert.Equal([(Decision.Committed, false), (Decision.RolledBack, true)], records.Select(record => (record.Asked, record.Decided)));
        Assert.All(records, record => Assert.Equal(("ann", "the root is gone"), (record.By, record.Reason)));
        Assert.All(records, record => Assert.InRange(record.At, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5)));
        var row = Assert.Single(await _log.Forced.ReadAsync([gid, NewGroup()], Stop));
        Assert.Equal((gid, false, Decision.RolledBack), (row.Gid, row.Forced, row.Decision.Decision));
        Assert.Empty(await _log.Forced.ReadAsync([], Stop));
    }

    [Fact]
    public async Task A_forced_commit_names_its_branches_to_a_root_that_was_slow()
    {
        var gid = NewGroup();
        await _log.Forced.DecideAsync(Forced(gid, new DecisionRecord(Decision.Committed, [.. Branches])), Stop);

        Assert.Equal(Branches, (await _log.ReadAsync(gid, Stop))!.Branches);
        Assert.Equal(gid, Assert.Single(await _log.Forced.ListEndedAsync(10, Stop)).Gid);
    }

    [Fact]
    public async Task A_force_does_not_wait_for_a_root_that_commits_right_now()
    {
        var gid = NewGroup();
        await using var root = await OpenAsync();
        await using var transaction = await root.BeginTransactionAsync(IsolationLevel.ReadCommitted, Stop);
        await ExecuteAsync(root, transaction, _database.Barrier!.Force, gid.ToString(), FatBarrierSql.DecisionOp, "committed", BranchList.Format(Branches));

        var refused = await Assert.ThrowsAnyAsync<DbException>(() => _log.Forced.DecideAsync(Forced(gid, DecisionRecord.RolledBack), Stop));

        Assert.True(_log.Forced.IsLockTimeout(refused));
        Assert.True(_log.Forced.IsRefusal(refused));
        Assert.Empty(await _log.Forced.ListRecordsAsync(null, 10, Stop));
    }

    [Fact]
    public async Task A_proposal_is_overruled_with_its_record_and_is_no_decision()
    {
        var gid = NewGroup();
        Assert.True((await _log.Forced.ProposeAsync(Forced(gid, DecisionRecord.RolledBack), Stop))!.Decided);
        Assert.Null(await _log.ReadAsync(gid, Stop));

        await _log.Forced.OverruleAsync(gid, new DecisionRecord(Decision.Committed, [.. Branches]), Stop);

        var row = Assert.Single(await _log.Forced.ReadAsync([gid], Stop));
        Assert.Equal((true, Decision.Committed), (row.Forced, row.Decision.Decision));
        Assert.Equal(Branches, row.Decision.Branches);
        var record = Assert.Single(await _log.Forced.ListRecordsAsync(null, 10, Stop));
        Assert.Equal((Decision.RolledBack, false, Decision.Committed), (record.Asked, record.Decided, record.Standing.Decision));
    }

    [Fact]
    public async Task What_operators_ask_for_stands_in_the_audit_table_and_is_no_forced_decision()
    {
        var gid = NewGroup();
        await _log.Forced.AskedAsync("order 7", "retry", "ann", "the receiver is back", Sample.Here, Stop);
        await _log.Forced.ProposeAsync(Forced(gid, DecisionRecord.RolledBack), Stop);
        await _log.Forced.AskedAsync(gid.ToString(), "cancel-message", "bob", "sent by mistake", Sample.Here, Stop);
        await _log.Forced.OverruleAsync(gid, new DecisionRecord(Decision.Committed, [.. Branches]), Stop);

        var entries = await _log.Forced.ListAuditAsync(null, 10, Stop);
        Assert.Equal(
            [(gid.ToString(), "cancel-message", "asked", "bob"), (gid.ToString(), "rolledback", "none", "ann"), ("order 7", "retry", "asked", "ann")],
            entries.Select(entry => (entry.Subject, entry.Action, entry.Effect, entry.By)));
        Assert.Equal(("the receiver is back", Sample.Here.Text, "main"), (entries[2].Reason, entries[2].Instance, entries[2].Database));
        Assert.All(entries, entry => Assert.InRange(entry.At, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5)));
        Assert.Equal(entries.Take(2), await _log.Forced.ListAuditAsync(gid.ToString(), 10, Stop));
        Assert.Equal(entries.Take(1), await _log.Forced.ListAuditAsync(null, 1, Stop));
        Assert.Single(await _log.Forced.ListRecordsAsync(null, 10, Stop));
    }

    [Fact]
    public async Task Several_instances_create_the_tables_at_the_same_time()
    {
        await ExecuteAsync("DROP TABLE fat_barrier");
        await ExecuteAsync("DROP TABLE fat_audit");
        var logs = Enumerable.Range(0, 4).Select(_ => new DatabaseDecisionLog(_database, _services, connections: 1)).ToList();

        await Task.WhenAll(logs.Select(log => log.EnsureTableAsync(Stop)));

        Assert.Equal(0, await CountAsync("fat_barrier") + await CountAsync("fat_audit"));
        foreach (var log in logs)
            await log.DisposeAsync();
    }

    protected abstract Task CreateAsync();

    protected abstract Task DropAsync();

    protected abstract DbConnection Connect();

    /// <summary>Makes the server give the transaction up; the error is swallowed, as a method might.</summary>
    private protected abstract Task SpoilAsync(LocalTransaction transaction);

    protected async Task<DbConnection> OpenAsync()
    {
        var connection = Connect();
        await connection.OpenAsync(Stop);
        return connection;
    }

    protected async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await ExecuteAsync(connection, null, sql);
    }

    protected static async Task ExecuteAsync(DbConnection connection, DbTransaction? transaction, string sql, params string[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.AddParameters(parameters);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private async Task<long> CountAsync(string from) => Convert.ToInt64(await ScalarAsync($"SELECT count(*) FROM {from}"), System.Globalization.CultureInfo.InvariantCulture);

    private async Task<string?> ReasonAsync(GroupId gid) => (string?)await ScalarAsync($"SELECT reason FROM fat_barrier WHERE gid = '{gid}'");

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Stop);
    }

    private Task<LocalTransaction> BeginAsync() =>
        LocalTransaction.BeginAsync(_database, _services, new TransactionSettings(IsolationLevel.Unspecified, ReadOnly: false, TimeSpan.FromSeconds(5)), Stop);

    private static GroupId NewGroup() => GroupId.New(TimeProvider.System.GetUtcNow());

    private static ForcedDecision Forced(GroupId gid, DecisionRecord decision) => new(gid, decision, "ann", "the root is gone", Sample.Here);
}
