using System.Data;
using System.Data.Common;
using Fat.Decisions;
using Fat.Dialects;
using Fat.Journal;
using Fat.Protocol;
using Fat.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Dialects;

/// <summary>What a dialect's journal has to hold, whatever the product (docs/protocol.md, "Held branches").</summary>
public abstract class JournalContract : IAsyncLifetime
{
    private static readonly InstanceId Instance = InstanceId.New(FatName.Parse("safe", "service"));

    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider();
    private FatDatabase _database = null!;
    private DatabaseDecisionLog _log = null!;
    private BranchJournal _journal = null!;
    private BranchJournal _other = null!;
    private int _id;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

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
        _journal = Journal();
        _other = Journal();
        await Task.WhenAll(_journal.EnsureTableAsync(Stop), _other.EnsureTableAsync(Stop));
        await ExecuteAsync("CREATE TABLE items (id int PRIMARY KEY)");
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        await _other.DisposeAsync();
        await _log.DisposeAsync();
        await DropAsync();
        await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_branch_that_has_committed_is_told_from_one_that_is_open_and_from_one_that_is_lost()
    {
        var (committed, lost, open) = (NewName(), NewName(), NewName());
        await (await VoteAsync(committed)).CommitAsync(Stop);
        await (await VoteAsync(lost)).RollbackAsync();
        await using (var holding = await VoteAsync(open))
        {
            Assert.Equal(Settlement.Running, await _other.SettleAsync(open, Stop));
            Assert.Equal(Settlement.Committed, await _other.SettleAsync(committed, Stop));
            Assert.Equal([(committed.Gid, committed.Branch)], await _other.ListCommittedAsync([open, lost, committed], Stop));
            Assert.Equal(Settlement.Lost, await _other.SettleAsync(lost, Stop));
            Assert.Equal(Settlement.Known, await _journal.SettleAsync(lost, Stop));
            await holding.CommitAsync(Stop);
        }

        Assert.Equal(Settlement.Committed, await _other.SettleAsync(open, Stop));
        Assert.Equal("open", await StateAsync(lost));
        Assert.Equal(2, await CountAsync("fat_barrier"));
        Assert.Equal([open.Branch, committed.Branch], (await _journal.ListOpenAsync(Stop)).Select(one => one.Branch).OrderByDescending(one => one == open.Branch));
    }

    [Fact]
    public async Task What_has_obeyed_is_forgotten_and_what_is_lost_is_not()
    {
        var (committed, rolledBack, lost) = (NewName(), NewName(), NewName());
        await (await VoteAsync(committed)).CommitAsync(Stop);
        await (await VoteAsync(rolledBack)).RollbackAsync();
        await (await VoteAsync(lost)).RollbackAsync();
        await _journal.SettleAsync(lost, Stop);
        var incident = await BegunAsync(lost);
        await ReplayAsync(incident, commits: true);

        _journal.Forget(committed);
        _journal.Forget(rolledBack);
        _journal.Forget(lost);
        await _journal.DisposeAsync();

        Assert.Equal(1, await CountAsync("fat_journal"));
        Assert.Equal("replayed", await StateAsync(lost));
        Assert.Equal(1, await CountAsync("fat_barrier"));
    }

    [Fact]
    public async Task Many_are_written_down_at_once_and_listed_when_they_are_old_enough()
    {
        var names = Enumerable.Range(0, 70).Select(_ => NewName()).ToList();
        var voted = await Task.WhenAll(names.Select(VoteAsync));

        Assert.Equal(70, (await _journal.ListJournalledAsync(TimeSpan.Zero, Stop)).Count);
        Assert.Empty(await _journal.ListJournalledAsync(TimeSpan.FromMinutes(1), Stop));
        var one = (await _journal.ListJournalledAsync(TimeSpan.Zero, Stop)).Single(one => one.Name == names[3]);
        Assert.Equal(Instance, one.Instance);
        Assert.InRange(one.Age, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        foreach (var transaction in voted)
            await transaction.DisposeAsync();
    }

    [Fact]
    public async Task A_replay_commits_once_with_its_work_or_leaves_nothing()
    {
        var name = await LostAsync();
        var begun = await BegunAsync(name);
        Assert.Equal(1, begun.Attempts);
        await ReplayAsync(begun, commits: false);
        Assert.Equal("open", await StateAsync(name));
        Assert.Equal((0, 0), (await CountAsync("items"), await CountAsync("fat_barrier")));

        await ReplayAsync(begun, commits: true);
        Assert.Equal("replayed", await StateAsync(name));
        Assert.Equal((1, 1), (await CountAsync("items"), await CountAsync("fat_barrier")));

        // What comes late finds that it has moved on, also where it would be the same version's.
        await using (var late = await BeginAsync())
            Assert.False(await _other.Incidents.TakeAsync(late, begun, Stop));
        Assert.Null(await _other.Incidents.BeginAttemptAsync(begun, TimeSpan.FromMinutes(1), null, Stop));
        await _other.Incidents.FailAsync(begun, "late", TimeSpan.Zero, null, Stop);
        Assert.Equal("replayed", await StateAsync(name));
    }

    [Fact]
    public async Task While_one_replays_nobody_else_begins()
    {
        var name = await LostAsync();
        var begun = await BegunAsync(name);
        Assert.Empty(await _other.Incidents.ListDueAsync(10, 10, Stop));
        await using var transaction = await BeginAsync();
        Assert.True(await _journal.Incidents.TakeAsync(transaction, begun, Stop));

        Assert.Null(await _other.Incidents.BeginAttemptAsync(begun, TimeSpan.FromMinutes(1), null, Stop));
    }

    [Fact]
    public async Task An_attempt_that_failed_comes_again_until_there_were_enough()
    {
        var name = await LostAsync();
        await _journal.Incidents.FailAsync(await BegunAsync(name), "first", TimeSpan.Zero, null, Stop);
        var again = Assert.Single(await _journal.Incidents.ListDueAsync(2, 10, Stop));
        Assert.Equal(("failed", 1, "first"), (again.State, again.Attempts, again.Reason));
        await _journal.Incidents.FailAsync((await _journal.Incidents.BeginAttemptAsync(again, TimeSpan.FromMinutes(1), null, Stop))!, "second", TimeSpan.Zero, "me", Stop);

        Assert.Empty(await _journal.Incidents.ListDueAsync(2, 10, Stop));
        Assert.Single(await _journal.Incidents.ListDueAsync(3, 10, Stop));
        var events = await _journal.Incidents.ListEventsAsync(name.Gid, name.Branch, Stop);
        Assert.Equal([("opened", null, null), ("failed", "first", null), ("failed", "second", "me")], events.Select(one => (one.Kind, one.Reason, one.By)));
        Assert.Equal(events.Select(one => one.Version).Order(), events.Select(one => one.Version));
    }

    [Fact]
    public async Task The_next_branch_of_a_group_is_due_when_those_before_it_are_over()
    {
        var (first, second) = NewNames();
        var other = await LostAsync();
        await (await VoteAsync(first)).RollbackAsync();
        await (await VoteAsync(second)).RollbackAsync();
        await _journal.SettleAsync(second, Stop);
        await DueAsync(10, other);

        await _journal.SettleAsync(first, Stop);
        await DueAsync(10, other, first);

        var begun = await BegunAsync(first);
        await DueAsync(10, other);
        await _journal.Incidents.FailAsync(begun, "fails", TimeSpan.FromMinutes(1), null, Stop);
        await DueAsync(10, other);
        begun = await BegunAsync(first);
        await _journal.Incidents.FailAsync(begun, "fails", TimeSpan.Zero, null, Stop);
        await DueAsync(10, other, first);
        await DueAsync(2, other);

        await ReplayAsync(await BegunAsync(first), commits: true);
        await DueAsync(10, other, second);
    }

    [Fact]
    public async Task One_that_an_operator_has_closed_keeps_nobody_waiting()
    {
        var (first, second) = NewNames();
        await LostAsync(first);
        await LostAsync(second);
        await DueAsync(10, first);

        await _journal.Incidents.CloseAsync(await IncidentAsync(first), "me", "by hand", Stop);

        await DueAsync(10, second);
    }

    [Fact]
    public async Task Branches_that_were_written_down_at_the_same_moment_are_due_one_after_the_other()
    {
        var (first, second) = NewNames();
        await LostAsync(second);
        await LostAsync(first);
        await ExecuteAsync("UPDATE fat_journal SET create_time = '2026-01-01 00:00:00'");
        await DueAsync(10, first);

        await ReplayAsync(await BegunAsync(first), commits: true);

        await DueAsync(10, second);
    }

    [Fact]
    public async Task A_call_that_ends_its_processes_is_given_up()
    {
        var name = await LostAsync();
        Assert.NotNull(await _journal.Incidents.BeginAttemptAsync(await IncidentAsync(name), TimeSpan.Zero, null, Stop));

        Assert.Empty(await _journal.Incidents.ListGivenUpAsync(2, Stop));
        Assert.Equal(name.Branch, Assert.Single(await _journal.Incidents.ListGivenUpAsync(1, Stop)).Branch);
    }

    [Fact]
    public async Task An_operator_closes_the_version_that_he_has_seen()
    {
        var name = await LostAsync();
        var seen = await IncidentAsync(name);

        Assert.True(await _journal.Incidents.CloseAsync(seen, "me", "by hand", Stop));
        Assert.False(await _other.Incidents.CloseAsync(seen, "another", "too late", Stop));

        var closed = await IncidentAsync(name);
        Assert.Equal(("closed", "by hand"), (closed.State, closed.Reason));
        Assert.Empty(await _journal.Incidents.ListAsync(onlyOpen: true, 10, Stop));
        Assert.Equal(closed, Assert.Single(await _journal.Incidents.ListAsync(onlyOpen: false, 10, Stop)));
        Assert.Equal(closed, Assert.Single(await _journal.Incidents.ListOfGroupAsync(name.Gid, Stop)));
        Assert.Equal(1, await CountAsync("fat_audit"));
        Assert.Empty(await _log.Forced.ListRecordsAsync(null, 10, Stop));
        Assert.InRange(closed.Changed - closed.Began, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.InRange(TimeProvider.System.GetUtcNow() - closed.Began, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Each_event_is_told_by_one_and_the_next_one_behind_it()
    {
        var name = await LostAsync();
        await _journal.Incidents.CloseAsync(await IncidentAsync(name), "me", "by hand", Stop);

        var first = Assert.Single(await _journal.Incidents.ListUntoldAsync(Stop));
        Assert.Equal("opened", first.Kind);
        Assert.True(await _journal.Incidents.BeginTellingAsync(first, TimeSpan.FromMinutes(1), Stop));
        Assert.False(await _other.Incidents.BeginTellingAsync(first, TimeSpan.FromMinutes(1), Stop));
        Assert.Empty(await _other.Incidents.ListUntoldAsync(Stop));
        await _journal.Incidents.HandledAsync(first, Stop);
        await _journal.Incidents.TellLaterAsync(first, TimeSpan.Zero, Stop);
        var again = Assert.Single(await _other.Incidents.ListUntoldAsync(Stop));
        Assert.Equal((first.Id, true, 1), (again.Id, again.Handled, again.Tries));
        await _other.Incidents.ToldAsync(again, Stop);
        var second = Assert.Single(await _journal.Incidents.ListUntoldAsync(Stop));
        Assert.Equal(("closed", "me", "by hand"), (second.Kind, second.By, second.Reason));
        await _journal.Incidents.ToldAsync(second, Stop);
        Assert.Empty(await _journal.Incidents.ListUntoldAsync(Stop));
    }

    [Fact]
    public async Task What_is_over_goes_with_all_that_it_left()
    {
        var (replayed, open) = (await LostAsync(), await LostAsync());
        await ReplayAsync(await BegunAsync(replayed), commits: true);

        await _journal.Incidents.PurgeAsync(TimeSpan.FromMinutes(1), Stop);
        Assert.Equal(2, await CountAsync("fat_journal"));
        await _journal.Incidents.PurgeAsync(TimeSpan.Zero, Stop);
        await _journal.LookAsync(Stop);
        Assert.Equal((false, true), (_journal.HasJournalled, _journal.HasIncidents));

        Assert.Equal("open", await StateAsync(open));
        Assert.Equal((1, 1, 0), (await CountAsync("fat_journal"), await CountAsync("fat_journal_events"), await CountAsync("fat_barrier")));
    }

    protected abstract Task CreateAsync();

    protected abstract Task DropAsync();

    protected abstract DbConnection Connect();

    private BranchJournal Journal() =>
        new(_database, _database.Dialect.Journal("fat_journal", "fat_barrier")!, Instance, 1000, replays: true, TimeProvider.System, _services);

    private static PreparedName NewName()
    {
        var scope = ScopeId.New(CallId.Root.Child(1));
        return new PreparedName(GroupId.New(TimeProvider.System.GetUtcNow()), scope.Branch(1), FatName.Parse("orders", "service"), FatName.Parse("orders", "database"));
    }

    /// <summary>Two branches of one group, in their order.</summary>
    private static (PreparedName First, PreparedName Second) NewNames()
    {
        var first = NewName();
        return (first, first with { Branch = first.Branch.Scope.Branch(2) });
    }

    private async Task DueAsync(int mostAttempts, params PreparedName[] expected) =>
        Assert.Equal(expected.Select(name => name.Branch).ToHashSet(), (await _other.Incidents.ListDueAsync(mostAttempts, 10, Stop)).Select(due => due.Branch).ToHashSet());

    private async Task<LocalTransaction> BeginAsync() => await LocalTransaction.BeginAsync(
        _database, _services, new TransactionSettings(IsolationLevel.Unspecified, ReadOnly: false, TimeSpan.FromSeconds(10)), Stop);

    /// <summary>A branch that has done its work and could vote.</summary>
    private async Task<LocalTransaction> VoteAsync(PreparedName name)
    {
        var transaction = await BeginAsync();
        await _journal.WriteAsync(transaction, name, new JournalledCall("IDeposits", "PutAsync(System.Int32)", "Deposits.PutAsync", true, """{"id":1}""", null), Stop);
        return transaction;
    }

    private Task<PreparedName> LostAsync() => LostAsync(NewName());

    private async Task<PreparedName> LostAsync(PreparedName name)
    {
        await (await VoteAsync(name)).RollbackAsync();
        Assert.Equal(Settlement.Lost, await _journal.SettleAsync(name, Stop));
        return name;
    }

    private async Task<Incident> IncidentAsync(PreparedName name) => (await _journal.Incidents.FindAsync(name.Gid, name.Branch, Stop))!;

    private async Task<Incident> BegunAsync(PreparedName name) =>
        (await _journal.Incidents.BeginAttemptAsync(await IncidentAsync(name), TimeSpan.FromMinutes(1), null, Stop))!;

    private async Task ReplayAsync(Incident incident, bool commits)
    {
        await using var transaction = await BeginAsync();
        Assert.True(await _journal.Incidents.TakeAsync(transaction, incident, Stop));
        await transaction.ExecuteAsync($"INSERT INTO items (id) VALUES ({++_id})", [], Stop);
        if (commits)
            await _journal.Incidents.CommitAsync(transaction, incident, "me", Stop);
    }

    private async Task<string?> StateAsync(PreparedName name) => (await IncidentAsync(name)).State;

    private async Task<long> CountAsync(string table)
    {
        await using var connection = Connect();
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = Connect();
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Stop);
    }
}
