using System.Data.Common;
using Fat.Dialects;

namespace Fat.Core.Tests.Simulation;

/// <summary>
/// One database server: rows written by branches, prepared transactions, and the barrier table, whose unique key makes an insert
/// wait for another's uncommitted row. It survives its own restart; sessions do not.
/// </summary>
internal sealed class SimDatabase(World world, string name)
{
    private static readonly FatBarrierSql Sql = PostgresDialect.Instance.Barrier("fat_barrier", "fat_audit");
    private static readonly string Probe = PostgresDialect.Instance.FailsIfFailed;
    private static readonly string CommitManyText = Sql.CommitMany([], []).Text;
    private static readonly string DeleteCommittedText = Sql.DeleteCommitted([]).Text;
    private static readonly string ReadManyText = Sql.ReadMany([]).Text;
    private static readonly TimeSpan ResolveLockTimeout = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, SimRow> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimSession> _inserting = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Prepared> _prepared = new(StringComparer.Ordinal);
    private readonly List<Action> _blocked = [];
    private readonly List<SimSession> _sessions = [];

    public string Name => name;

    /// <summary>What is committed, each by the text that its branch wrote.</summary>
    public HashSet<string> Data { get; } = new(StringComparer.Ordinal);

    /// <summary>Is told of each statement.</summary>
    public Action? Asked { get; set; }

    public int PreparedCount => _prepared.Count;

    public IEnumerable<string> PreparedNames => _prepared.Keys;

    public bool IsAway { get; private set; }

    /// <summary>Whether there are sessions of processes that are gone, which the server has not noticed yet.</summary>
    public bool HasGhosts => _sessions.Exists(session => !session.Process.IsAlive);

    /// <summary>Decisions as they were first written; a row may be deleted, never replaced by another decision.</summary>
    public Dictionary<string, string> Decided { get; } = new(StringComparer.Ordinal);

    public SimSession? Open(SimProcess process)
    {
        if (IsAway)
            return null;
        var session = new SimSession(process);
        _sessions.Add(session);
        return session;
    }

    /// <summary>The server stops at once; what is prepared or committed stays.</summary>
    public void GoAway()
    {
        world.Note(null, name + " goes away");
        IsAway = true;
        foreach (var session in _sessions.ToList())
            Close(session);
    }

    public void ComeBack()
    {
        world.Note(null, name + " is back");
        IsAway = false;
    }

    public void Close(SimSession session)
    {
        if (!session.IsOpen)
            return;
        session.IsOpen = false;
        _sessions.Remove(session);
        RollBack(session);
    }

    /// <summary>The server notices that a process is gone.</summary>
    public void CloseAll(SimProcess process)
    {
        foreach (var session in _sessions.Where(session => session.Process == process).ToList())
            Close(session);
    }

    /// <summary>What a look would find, so that looking costs nothing when there is nothing.</summary>
    public bool FindsNothing(string sql, IReadOnlyList<object?> parameters) =>
        (sql.StartsWith("SELECT gid, extract", StringComparison.Ordinal) && _prepared.Count == 0)
        || (sql == Sql.ListCommitted && ListCommitted(parameters).Rows.Count == 0)
        || sql == Sql.ListRolledBack
        || sql == Sql.Create;

    /// <summary>A statement arrives. It ends at once, or when what blocks it is over.</summary>
    public void Serve(SimSession session, string sql, IReadOnlyList<object?> parameters, Action<SimResult, SimDbException?> done)
    {
        if (Blocker(session, sql, parameters) is null)
        {
            Run(session, sql, parameters, done);
            return;
        }

        world.Note(null, name + " blocks an insert");
        var waits = true;
        void Retry()
        {
            if (!waits || (session.IsOpen && Blocker(session, sql, parameters) is not null))
                return;
            waits = false;
            _blocked.Remove(Retry);
            Run(session, sql, parameters, done);
        }

        _blocked.Add(Retry);
        world.Post(null, ResolveLockTimeout, "lock timeout", () =>
        {
            if (!waits)
                return;
            waits = false;
            _blocked.Remove(Retry);
            session.IsFailed = true;
            done(SimResult.Nothing, new SimDbException("55P03", "canceling statement due to lock timeout"));
        });
    }

    public void Commit(SimSession session)
    {
        if (session.IsFailed)
        {
            RollBack(session);
            return;
        }

        Data.UnionWith(session.Writes);
        if (session.Gid is { } gid)
            Write(gid, session.Row!);
        End(session);
    }

    public void RollBack(SimSession session) => End(session);

    private void End(SimSession session)
    {
        session.Writes.Clear();
        session.IsFailed = false;
        session.InTransaction = false;
        if (session.Gid is { } gid)
            _inserting.Remove(gid);
        session.Gid = null;
        session.Row = null;
        foreach (var blocked in _blocked.ToList())
            blocked();
    }

    /// <summary>The session whose uncommitted row an insert has to wait for.</summary>
    private SimSession? Blocker(SimSession session, string sql, IReadOnlyList<object?> parameters)
    {
        if (!IsBarrierInsert(sql))
            return null;
        foreach (var gid in parameters[0] as string[] ?? [(string)parameters[0]!])
        {
            if (_inserting.TryGetValue(gid, out var other) && other != session)
                return other;
        }

        return null;
    }

    private static bool IsBarrierInsert(string sql) => sql.StartsWith("INSERT INTO fat_barrier", StringComparison.Ordinal);

    private void Run(SimSession session, string sql, IReadOnlyList<object?> parameters, Action<SimResult, SimDbException?> done)
    {
        if (!session.IsOpen)
        {
            done(SimResult.Nothing, SimDbException.Lost());
            return;
        }

        SimResult result;
        try
        {
            if (session.IsFailed)
                throw new SimDbException("25P02", "current transaction is aborted");
            result = Execute(session, sql, parameters);
        }
        catch (SimDbException exception)
        {
            session.IsFailed = session.InTransaction;
            done(SimResult.Nothing, exception);
            return;
        }

        if (!sql.EndsWith("; COMMIT", StringComparison.Ordinal))
        {
            done(result, null);
            return;
        }

        // The row is there, and not committed yet: others that insert it wait.
        world.Post(null, world.Dice.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(1)), "commit", () =>
        {
            var lost = !session.IsOpen;
            if (!lost)
                Commit(session);
            done(result, lost ? SimDbException.Lost() : null);
        });
    }

    private SimResult Execute(SimSession session, string sql, IReadOnlyList<object?> parameters)
    {
        if (sql.StartsWith("WRITE ", StringComparison.Ordinal))
            session.Writes.Add(sql["WRITE ".Length..]);
        else if (sql.StartsWith("SELECT txid_current_if_assigned", StringComparison.Ordinal))
            return SimResult.Of(session.Writes.Count > 0);
        else if (sql == PostgresDialect.Instance.IsStandby)
            return SimResult.Of(false);
        else if (sql == Sql.Unfit || sql.StartsWith("SELECT pg_logical_emit_message", StringComparison.Ordinal))
            return SimResult.Nothing;
        else if (sql.StartsWith("SELECT current_setting", StringComparison.Ordinal))
            return SimResult.Of(100);
        else if (sql.StartsWith("PREPARE TRANSACTION", StringComparison.Ordinal))
            Prepare(session, Quoted(sql));
        else if (sql.StartsWith("COMMIT PREPARED", StringComparison.Ordinal))
            Finish(Quoted(sql), commit: true);
        else if (sql.StartsWith("ROLLBACK PREPARED", StringComparison.Ordinal))
            Finish(Quoted(sql), commit: false);
        else if (sql.StartsWith("SELECT gid, extract", StringComparison.Ordinal))
            return new SimResult([.. _prepared.Select(entry => new object?[] { entry.Key, (world.Now - entry.Value.At).TotalSeconds })]);
        else if (sql.StartsWith(Sql.Commit, StringComparison.Ordinal))
            Insert(session, (string)parameters[0]!, new SimRow("committed", (string?)parameters[1], world.Now));
        else if (sql == CommitManyText)
            return CommitMany((string[])parameters[0]!, (string[])parameters[1]!);
        else if (sql == Sql.RollBack)
            InsertIfMissing(session, (string)parameters[0]!);
        else if (sql == Sql.Read)
            return Read((string)parameters[0]!);
        else if (sql == Sql.ListCommitted)
            return ListCommitted(parameters);
        else if (sql == DeleteCommittedText)
            Delete((string[])parameters[0]!);
        else if (!sql.StartsWith("SET LOCAL", StringComparison.Ordinal) && sql != Sql.Create && sql != Sql.ListRolledBack && sql != ReadManyText
            && sql != "SELECT 1" && !sql.StartsWith(Probe, StringComparison.Ordinal))
            throw new NotSupportedException($"The simulation does not know this statement: {sql}");
        return SimResult.Nothing;
    }

    private void Prepare(SimSession session, string transaction)
    {
        _prepared.Add(transaction, new Prepared([.. session.Writes], world.Now));
        End(session);
    }

    private void Finish(string transaction, bool commit)
    {
        if (!_prepared.Remove(transaction, out var prepared))
            throw new SimDbException("42704", $"prepared transaction \"{transaction}\" does not exist");
        world.Note(null, commit ? name + " commits a prepared branch" : name + " rolls a prepared branch back");
        if (commit)
            Data.UnionWith(prepared.Writes);
    }

    private void Insert(SimSession session, string gid, SimRow row)
    {
        if (_rows.ContainsKey(gid))
            throw new SimDbException("23505", "duplicate key value violates unique constraint \"fat_barrier_pkey\"");
        session.InTransaction = true;
        session.Gid = gid;
        session.Row = row;
        _inserting[gid] = session;
    }

    private void InsertIfMissing(SimSession session, string gid)
    {
        if (!_rows.ContainsKey(gid))
            Insert(session, gid, new SimRow("rolledback", null, world.Now));
    }

    private SimResult CommitMany(string[] gids, string[] branches)
    {
        var written = new List<object?[]>();
        for (var i = 0; i < gids.Length; i++)
        {
            if (_rows.ContainsKey(gids[i]))
                continue;
            Write(gids[i], new SimRow("committed", branches[i], world.Now));
            written.Add([gids[i]]);
        }

        return new SimResult(written);
    }

    private void Write(string gid, SimRow row)
    {
        world.Note(null, $"{name} decides {row.Reason}");
        _rows.Add(gid, row);
        Decided.TryAdd(gid, row.Reason);
    }

    private SimResult Read(string gid) => _rows.TryGetValue(gid, out var row) ? new SimResult([[row.Reason, row.Payload]]) : SimResult.Nothing;

    private SimResult ListCommitted(IReadOnlyList<object?> parameters) => new(
        [.. _rows.Where(entry => entry.Value.Reason == "committed"
                && string.CompareOrdinal(entry.Key, (string)parameters[1]!) > 0
                && (world.Now - entry.Value.At).TotalSeconds > (double)parameters[0]!)
            .OrderBy(entry => entry.Key, StringComparer.Ordinal).Take((int)parameters[2]!)
            .Select(entry => new object?[] { entry.Key, entry.Value.Payload, (world.Now - entry.Value.At).TotalSeconds })]);

    private void Delete(string[] gids)
    {
        foreach (var gid in gids)
        {
            if (_rows.TryGetValue(gid, out var row) && row.Reason == "committed")
                _rows.Remove(gid);
        }
    }

    private static string Quoted(string sql) => sql.Split('\'')[1];

    private sealed record Prepared(IReadOnlyList<string> Writes, TimeSpan At);
}

/// <summary>One connection, as the server sees it.</summary>
internal sealed class SimSession(SimProcess process)
{
    public SimProcess Process => process;

    public bool IsOpen { get; set; } = true;

    public bool InTransaction { get; set; }

    public bool IsFailed { get; set; }

    public List<string> Writes { get; } = [];

    /// <summary>The group whose decision row this transaction has inserted.</summary>
    public string? Gid { get; set; }

    public SimRow? Row { get; set; }
}

/// <summary>A decision in the barrier table.</summary>
internal sealed record SimRow(string Reason, string? Payload, TimeSpan At);

/// <summary>The rows of a result.</summary>
internal sealed record SimResult(IReadOnlyList<object?[]> Rows)
{
    public static SimResult Nothing { get; } = new([]);

    public static SimResult Of(object value) => new([[value]]);
}

internal sealed class SimDbException(string? state, string message) : DbException(message)
{
    public override string? SqlState => state;

    public static SimDbException Lost() => new(null, "the connection is gone");
}
