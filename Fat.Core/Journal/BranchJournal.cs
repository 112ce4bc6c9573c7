using System.Data.Common;
using Fat.Faults;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Journal;

/// <summary>The journal as a table of the database whose held branches it writes down (docs/protocol.md, "Held branches").</summary>
internal sealed class BranchJournal : IBranchJournal
{
    private const int LargestBatch = 100;
    private const string AutomaticReplayIsOff = "Automatic replay is off (Fat:ReplayLostBranches).";
    private const string ReplayIsNotAllowed = "Its method does not allow a replay (FatTransactionAttribute.Replay).";

    /// <summary>The class of SQLSTATE of a table that does not exist, or may not be read.</summary>
    private const string AccessRule = "42";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly FatDatabase _database;
    private readonly JournalSql _sql;
    private readonly FatName _service;
    private readonly bool _replays;
    private readonly TimeProvider _time;
    private readonly IServiceProvider _services;
    private readonly JournalConnections _connections;
    private readonly JournalWriter _writer;
    private readonly JournalForgetter _forgetter;
    private volatile bool _isKept;
    private volatile bool _isMissing;
    private volatile bool _hasJournalled = true;
    private volatile bool _hasIncidents = true;

    /// <param name="database">The database.</param>
    /// <param name="dialect">What differs between products in the statements on it.</param>
    /// <param name="instance">This process.</param>
    /// <param name="limit">How many bytes the arguments of a call may have.</param>
    /// <param name="replays">Lost branches are replayed without being asked for.</param>
    /// <param name="time">For ids, and for how long to wait for the last rows to be deleted.</param>
    /// <param name="services">Where connections come from.</param>
    public BranchJournal(FatDatabase database, FatJournalSql dialect, InstanceId instance, int limit, bool replays, TimeProvider time, IServiceProvider services)
    {
        _database = database;
        _sql = new JournalSql(dialect);
        _service = instance.Service;
        _time = time;
        _services = services;
        _replays = replays;
        _connections = new JournalConnections(database, services);
        _writer = new JournalWriter(database, _sql, instance.Service, instance, services);
        _forgetter = new JournalForgetter(database, _sql, services);
        Limit = limit;
        Incidents = new IncidentLog(database, _sql, _connections, instance, time);
    }

    public FatDatabase Database => _database;

    public int Limit { get; }

    /// <summary>The branches that were lost.</summary>
    public IncidentLog Incidents { get; }

    /// <summary>Whether there were branches that wait when it was last looked at; true until then.</summary>
    public bool HasJournalled => _hasJournalled;

    /// <summary>Whether there were incidents then, or one was found since.</summary>
    public bool HasIncidents => _hasIncidents;

    /// <summary>
    /// Whether the table is, or has to be, there. A database that can prepare transactions needs none, and may have one from before it could: it is
    /// asked once, when it can first be reached.
    /// </summary>
    public async ValueTask<bool> IsKeptAsync(CancellationToken cancellationToken)
    {
        if (_isKept || !await IsDurableAsync(cancellationToken).ConfigureAwait(false))
            return true;
        if (_isMissing)
            return false;
        _isMissing = !await _connections.RunAsync(IsThereAsync, cancellationToken).ConfigureAwait(false);
        return _isKept = !_isMissing;
    }

    /// <summary>Looks whether there is anything to do: as a rule there is nothing, and one query says so.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var states = await _connections.RunAsync(
            session => session.ReadAsync(_sql.ListStates, static row => row.GetString(0), _service.Text, _database.Name.Text), cancellationToken).ConfigureAwait(false);
        _hasJournalled = states.Any(state => state == JournalState.Journalled);
        _hasIncidents = states.Any(state => state != JournalState.Journalled);
    }

    /// <summary>Creates the tables where they are missing, once.</summary>
    /// <exception cref="DbException">They are missing and could not be created, or the database is away.</exception>
    public async Task EnsureTableAsync(CancellationToken cancellationToken)
    {
        if (_isKept)
            return;
        _isKept = await _connections.RunAsync(
            async session =>
            {
                await TableCreation.RunAsync(session, _database.Dialect, _sql.Create, _sql.ListStates, _service.Text, _database.Name.Text).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task WriteAsync(LocalTransaction transaction, PreparedName name, JournalledCall call, CancellationToken cancellationToken)
    {
        if (call is { Replay: true, Arguments: null })
            throw new InvalidOperationException($"{call.Name} allows a replay, and its arguments cannot be journalled: {call.Problem}");
        await transaction.ExecuteAsync(_sql.Mark, [name.Gid.ToString(), name.Branch.Text], cancellationToken).ConfigureAwait(false);
        try
        {
            await _writer.WriteAsync(name, call).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Rolled back by the caller, and not voted. The row may be there, or still be written: then recovery finds it.
            Forget(name);
            throw;
        }
    }

    public async Task SettleAsync(PreparedName name)
    {
        switch (await SettleAsync(name, CancellationToken.None).ConfigureAwait(false))
        {
            case Settlement.Running:
                throw new TimeoutException($"The transaction of branch {name.Branch} is not over yet on database '{_database.Name}'.");
            case Settlement.Committed:
                Forget(name);
                break;
        }
    }

    /// <summary>
    /// Puts the branch's barrier row in its place, with the journal row in hand (rule H2). That waits for a transaction that is still open, and finds the
    /// row of one that has committed. Where neither was, none can come any more: in the same transaction the branch becomes an incident, and
    /// the barrier row goes again, to be inserted by the replay.
    /// </summary>
    /// <exception cref="DbException">The database is away, or refused; nothing has changed, unless the answer of the last COMMIT was lost: asking again is safe.</exception>
    public async Task<Settlement> SettleAsync(PreparedName name, CancellationToken cancellationToken)
    {
        string[] key = [name.Gid.ToString(), name.Branch.Text];
        try
        {
            var settlement = await _connections.TransactAsync(
                async session =>
                {
                    if (await session.ExecuteAsync(_sql.Open, [.. key, _replays ? null : AutomaticReplayIsOff, ReplayIsNotAllowed]).ConfigureAwait(false) == 0)
                        return (Settlement.Known, false);
                    await session.ExecuteAsync(_sql.Mark, key).ConfigureAwait(false);
                    await session.ExecuteAsync(_sql.TakeBack, key).ConfigureAwait(false);
                    await Incidents.TellAsync(session, name.Gid, name.Branch, IncidentKind.Opened, null).ConfigureAwait(false);
                    await _database.Faults.BeforeAsync(FaultPoint.OpenIncident, name.Gid).ConfigureAwait(false);
                    return (Settlement.Lost, true);
                },
                cancellationToken).ConfigureAwait(false);
            if (settlement != Settlement.Lost)
                return settlement;
            _hasIncidents = true;
            await _database.Faults.AfterAsync(FaultPoint.OpenIncident, name.Gid).ConfigureAwait(false);
            return settlement;
        }
        catch (DbException exception) when (_database.Dialect.IsDuplicateKey(exception))
        {
            // Rolled back: the branch's own transaction was first, and has committed.
            await ConfirmAsync(cancellationToken).ConfigureAwait(false);
            return Settlement.Committed;
        }
        catch (DbException exception) when (_database.Dialect.IsLockTimeout(exception))
        {
            // Rolled back: somebody is at the journal row, or the branch's transaction is still open.
            return Settlement.Running;
        }
    }

    public void Forget(PreparedName name) => _forgetter.Forget(name);

    public async Task<IReadOnlyList<(GroupId Gid, BranchId Branch)>> ListOpenAsync(CancellationToken cancellationToken)
    {
        // Asked anew also where there was no table: another instance of the service may hold branches since then.
        var isDurable = await IsDurableAsync(cancellationToken).ConfigureAwait(false);
        return await _connections.RunAsync(
            async session =>
            {
                await StandbyException.ThrowIfStandbyAsync(_database, session.Connection, cancellationToken).ConfigureAwait(false);
                return isDurable && !await IsThereAsync(session).ConfigureAwait(false) ? [] : await BranchesAsync(session, _sql.ListOpen, []).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>This service's branches that have been waiting for a decision for so long, oldest first.</summary>
    public Task<IReadOnlyList<JournalledBranch>> ListJournalledAsync(TimeSpan age, CancellationToken cancellationToken) => _connections.RunAsync(
        session => session.ReadAsync(_sql.ListJournalled, JournalRows.Journalled, _service.Text, _database.Name.Text, age.TotalSeconds), cancellationToken);

    /// <summary>Those that have certainly committed: their barrier row is to be seen.</summary>
    public async Task<IReadOnlySet<(GroupId Gid, BranchId Branch)>> ListCommittedAsync(IReadOnlyCollection<PreparedName> names, CancellationToken cancellationToken)
    {
        var committed = new HashSet<(GroupId, BranchId)>();
        foreach (var batch in names.Chunk(LargestBatch))
        {
            object?[] keys = [.. batch.SelectMany(name => new object?[] { name.Gid.ToString(), name.Branch.Text })];
            committed.UnionWith(await _connections.RunAsync(session => BranchesAsync(session, _sql.ListMarked(batch.Length), keys), cancellationToken).ConfigureAwait(false));
        }

        if (committed.Count > 0)
            await ConfirmAsync(cancellationToken).ConfigureAwait(false);
        return committed;
    }

    /// <summary>Deletes what is to be deleted as far as the database takes it soon, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);

        // What is left is found by recovery.
        await _forgetter.Idle.WaitAsync(Patience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _forgetter.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<bool> IsDurableAsync(CancellationToken cancellationToken) =>
        (await _database.AbilitiesAsync(_services, cancellationToken).ConfigureAwait(false)).Durable;

    /// <summary>How a COMMIT was answered that left its row is not known here.</summary>
    private Task<bool> ConfirmAsync(CancellationToken cancellationToken) => _connections.RunAsync(
        async session =>
        {
            await ReplicatedCommit.ConfirmAsync(_database.Dialect, session.Connection, cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Any other failure says nothing of the table.</summary>
    private async Task<bool> IsThereAsync(SqlSession session)
    {
        try
        {
            await session.ExecuteAsync(_sql.ListStates, _service.Text, _database.Name.Text).ConfigureAwait(false);
            return true;
        }
        catch (DbException refused) when (refused.SqlState?.StartsWith(AccessRule, StringComparison.Ordinal) == true)
        {
            // There is none, or none that this user could ever have written to.
            return false;
        }
    }

    private static async Task<IReadOnlyList<(GroupId Gid, BranchId Branch)>> BranchesAsync(SqlSession session, string sql, IReadOnlyList<object?> parameters)
    {
        var rows = await session.ReadAsync(sql, JournalRows.Branch, parameters).ConfigureAwait(false);
        return [.. rows.Select(row => row!.Value)];
    }
}
