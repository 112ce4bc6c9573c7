using System.Data;
using System.Data.Common;
using Fat.Core.Tests.Protocol;
using Fat.Decisions;
using Fat.Journal;
using Fat.Protocol;
using Fat.Resources;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Dialects;

/// <summary>With synchronous_commit off, whatever others rely on is flushed all the same.</summary>
public sealed class PostgresFlushTests(LooseServer server) : IClassFixture<LooseServer>, IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider();
    private readonly GroupId _gid = GroupId.New(TimeProvider.System.GetUtcNow());
    private FatDatabase _database = null!;
    private DatabaseDecisionLog _log = null!;
    private BranchJournal _journal = null!;
    private FatMessageSql _messages = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = new FatDatabase(
            FatName.Parse("main", "name"), _ => new NpgsqlConnection(server.ConnectionString), null, FatEnlistment.Direct, held: true, "fat_barrier", "fat_audit", FatDialects.PostgreSql,
            Background.ThreadPool);
        _log = new DatabaseDecisionLog(_database, _services, connections: 1);
        _journal = new BranchJournal(
            _database, _database.Dialect.Journal("fat_journal", "fat_barrier")!, InstanceId.New(FatName.Parse("safe", "service")), 1000, replays: true, TimeProvider.System, _services);
        _messages = _database.Dialect.Messages("fat_barrier")!;
        await _log.EnsureTableAsync(Stop);
        await _journal.EnsureTableAsync(Stop);
        await ExecuteAsync("CREATE TABLE IF NOT EXISTS items (gid text PRIMARY KEY)");
        await ExecuteAsync("CHECKPOINT");
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        await _log.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task What_nobody_relies_on_is_lost()
    {
        await ExecuteAsync("INSERT INTO items (gid) VALUES (@p1)", _gid.ToString());

        Assert.Null(await BehindTheCrashAsync("SELECT gid FROM items WHERE gid = @p1"));
    }

    [Fact]
    public async Task A_decision_stays()
    {
        await _log.CommitAsync(_gid, [Sample.Prepared("1-0000000b-1")], null, Stop);

        Assert.Equal("committed", await ReasonAsync());
    }

    [Fact]
    public async Task A_decision_stays_with_the_roots_work()
    {
        await using (var carrier = await BeginAsync())
        {
            await carrier.ExecuteAsync("INSERT INTO items (gid) VALUES (@p1)", [_gid.ToString()], Stop);
            await _log.CommitAsync(_gid, [Sample.Prepared("1-0000000b-1")], carrier, Stop);
        }

        Assert.Equal("committed", await ReasonAsync());
        Assert.NotNull(await ValueAsync("SELECT gid FROM items WHERE gid = @p1"));
    }

    [Fact]
    public async Task A_roll_back_by_recovery_stays()
    {
        await _log.ResolveAsync(_gid, Stop);

        Assert.Equal("rolledback", await ReasonAsync());
    }

    [Fact]
    public async Task A_forced_decision_stays()
    {
        await _log.Forced.DecideAsync(new ForcedDecision(_gid, DecisionRecord.RolledBack, "ann", "the root is gone", Sample.Here), Stop);

        Assert.Equal("rolledback", await ReasonAsync());
    }

    [Fact]
    public async Task A_held_branch_stays_written_down_and_so_does_its_commit()
    {
        var name = new PreparedName(_gid, ScopeId.New(CallId.Root.Child(1)).Branch(1), FatName.Parse("orders", "service"), FatName.Parse("orders", "database"));
        var held = await BeginAsync();
        await held.ExecuteAsync("INSERT INTO items (gid) VALUES (@p1)", [_gid.ToString()], Stop);
        await _journal.WriteAsync(held, name, new JournalledCall("IDeposits", "PutAsync(System.Int32)", "Deposits.PutAsync", true, "{}", null), Stop);
        await server.CrashAsync();
        Assert.NotNull(await ValueAsync("SELECT gid FROM fat_journal WHERE gid = @p1"));
        await held.DisposeAsync();

        var another = name with { Gid = GroupId.New(TimeProvider.System.GetUtcNow()) };
        await using (var committing = await BeginAsync())
        {
            await _journal.WriteAsync(committing, another, new JournalledCall("IDeposits", "PutAsync(System.Int32)", "Deposits.PutAsync", true, "{}", null), Stop);
            await committing.CommitAsync(Stop);
        }

        await server.CrashAsync();
        Assert.Equal([(another.Gid, another.Branch)], await _journal.ListCommittedAsync([name, another], Stop));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_stays(bool withAnIdOfTheApplication)
    {
        await ExecuteAsync(withAnIdOfTheApplication ? _messages.InsertAgain : _messages.Insert, _gid.ToString(), "msg:orders", "{}");

        Assert.Equal("msg:orders", await ReasonAsync());
    }

    [Fact]
    public async Task What_becomes_of_a_message_stays()
    {
        await ExecuteAsync(_messages.Insert, _gid.ToString(), "msg:orders", "one");
        await ExecuteAsync(_messages.Change, _gid.ToString(), "two");
        Assert.Equal("two", await BehindTheCrashAsync("SELECT payload FROM fat_barrier WHERE gid = @p1"));

        await ExecuteAsync(_messages.Replace, _gid.ToString(), "two", "three", "msg:stock");
        Assert.Equal("msg:stock", await ReasonAsync());
    }

    [Fact]
    public async Task A_message_that_was_rolled_back_stays_so()
    {
        await ExecuteAsync(_messages.RollBack, _gid.ToString());

        Assert.Equal(FatMessageSql.RolledBack, await ReasonAsync());
    }

    [Fact]
    public async Task The_effect_behind_a_barrier_stays()
    {
        await using (var connection = new NpgsqlConnection(server.ConnectionString))
        {
            var barrier = new FatBarrier("msg", _gid.ToString(), "01", "action");
            Assert.True(await barrier.CallAsync(connection, transaction => ExecuteAsync(connection, transaction, "INSERT INTO items (gid) VALUES (@p1)", _gid.ToString()), Stop));
        }

        Assert.NotNull(await BehindTheCrashAsync("SELECT gid FROM items WHERE gid = @p1"));
    }

    private Task<object?> ReasonAsync() => BehindTheCrashAsync("SELECT reason FROM fat_barrier WHERE gid = @p1");

    private async Task<object?> BehindTheCrashAsync(string question)
    {
        await server.CrashAsync();
        return await ValueAsync(question);
    }

    private Task<LocalTransaction> BeginAsync() =>
        LocalTransaction.BeginAsync(_database, _services, new TransactionSettings(IsolationLevel.Unspecified, ReadOnly: false, TimeSpan.FromSeconds(10)), Stop);

    private async Task<object?> ValueAsync(string question)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = question;
        command.AddParameters([_gid.ToString()]);
        return await command.ExecuteScalarAsync(Stop);
    }

    private async Task ExecuteAsync(string sql, params string[] parameters)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync(Stop);
        await ExecuteAsync(connection, null, sql, parameters);
    }

    private static async Task ExecuteAsync(DbConnection connection, DbTransaction? transaction, string sql, params string[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.AddParameters(parameters);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
