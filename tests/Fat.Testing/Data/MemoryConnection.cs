using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fat.Testing.Hosting;

namespace Fat.Testing.Data;

/// <summary>A process's connection to a database in memory: what Fat itself works on, so that the product's own code prepares, decides and recovers.</summary>
internal sealed class MemoryConnection(FatTestDatabase database, Incarnation owner) : DbConnection
{
    private Session? _session;

    [AllowNull]
    public override string ConnectionString { get; set; } = string.Empty;

    public override string Database => database.Name;

    public override string DataSource => "Fat.Testing";

    public override string ServerVersion => "1";

    public override ConnectionState State => _session is { IsOpen: true } ? ConnectionState.Open : ConnectionState.Closed;

    public FatTestDatabase Place => database;

    public Incarnation Owner => owner;

    public Session Session => _session ?? throw MemoryDbException.Lost($"the connection to '{database.Name}' is closed");

    public static NotSupportedException OnlyFat(string statement) => new(
        $"A database in memory runs no SQL but Fat's own statements ('{statement}'): in tests without a server let a repository work on FatTestDatabase.Table, or a DbContext on EF Core's InMemory provider.");

    public override void Open() => throw OnlyFat("open");

    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        await owner.PassAsync().ConfigureAwait(false);
        _session = owner.IsKilled ? throw Killed() : database.Server.Open(owner);
    }

    public async Task<DataTable> RunAsync(string text, IReadOnlyList<object?> parameters, CancellationToken cancellationToken)
    {
        DataTable? result = null;
        foreach (var statement in text.Split("; "))
        {
            await owner.PassAsync().ConfigureAwait(false);
            if (owner.IsKilled)
                throw Killed();
            cancellationToken.ThrowIfCancellationRequested();
            result?.Dispose();
            result = await OneAsync(statement, parameters, cancellationToken).ConfigureAwait(false);
        }

        await owner.PassAsync().ConfigureAwait(false);
        return result!;
    }

    public async Task RollBackAsync()
    {
        await owner.PassAsync().ConfigureAwait(false);
        if (_session is { } session)
            database.Server.RollBack(session);
    }

    public override void Close()
    {
        if (_session is not { } session)
            return;
        _session = null;
        database.Server.Close(session);
    }

    public override void ChangeDatabase(string databaseName) => throw OnlyFat("USE");

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw OnlyFat("BEGIN");

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        var branch = BranchKey.Current;
        await owner.PassAsync().ConfigureAwait(false);
        if (branch is not null)
            await owner.BeginsAsync(branch, cancellationToken).ConfigureAwait(false);
        database.Server.Begin(Session, branch);
        return new MemoryTransaction(this, isolationLevel);
    }

    protected override DbCommand CreateDbCommand() => new MemoryCommand(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }

    private async ValueTask<DataTable> OneAsync(string statement, IReadOnlyList<object?> parameters, CancellationToken cancellationToken)
    {
        var server = database.Server;
        if (statement is Statement.Probe or Statement.Look)
            server.Probe(Session);
        else if (statement == Statement.Commit)
            server.Commit(Session);
        else if (statement == Statement.ReadOnly)
            Session.IsReadOnly = true;
        else if (statement == Statement.HasWritten)
            return MemoryResult.Of([[server.HasWritten(Session)]]);
        else if (After(statement, Statement.Lock) is { } milliseconds)
            Session.LockTimeout = TimeSpan.FromMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
        else if (After(statement, Statement.CommitPrepared) is { } committed)
            server.Finish(Session, committed, commit: true);
        else if (After(statement, Statement.RollBackPrepared) is { } rolledBack)
            server.Finish(Session, rolledBack, commit: false);
        else if (After(statement, Statement.Prepare) is { } prepared)
            server.Prepare(Session, prepared);
        else if (After(statement, Statement.ListPrepared) is not null)
            return MemoryResult.Of(server.ListPrepared().Select(found => new object?[] { found.Name, found.Age.TotalSeconds }));
        else
            return await database.Barrier.RunAsync(Session, statement, parameters, cancellationToken).ConfigureAwait(false) ?? throw OnlyFat(statement);
        return MemoryResult.Affected(0);
    }

    private static string? After(string statement, string verb) =>
        statement.StartsWith(verb + " ", StringComparison.Ordinal) ? statement[(verb.Length + 1)..] : null;

    private static MemoryDbException Killed() => MemoryDbException.Lost("the process was killed");
}
