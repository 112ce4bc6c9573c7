using System.Diagnostics.CodeAnalysis;
using Fat.Testing.Hosting;

namespace Fat.Testing.Data;

/// <summary>
/// A database server in memory: committed rows, row locks, open and prepared transactions. It outlives the processes of its service, as a server does;
/// a transaction that is open when its process is killed rolls back, a prepared one stays. Others see what is committed, and wait for each other's rows. Thread-safe.
/// </summary>
internal sealed class MemoryServer(string name, TimeProvider time, IServerWatch watch)
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Dictionary<RowKey, object?> _rows = [];
    private readonly Dictionary<RowKey, Work> _locks = [];
    private readonly Dictionary<string, Prepared> _prepared = new(StringComparer.Ordinal);
    private readonly HashSet<Session> _sessions = [];
    private TaskCompletionSource _unlocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isAway;

    public string Name => name;

    public TimeProvider Time => time;

    /// <summary>The names of what is prepared.</summary>
    public IReadOnlyList<string> InDoubt
    {
        get
        {
            lock (_gate)
                return [.. _prepared.OrderBy(pair => pair.Value.At).Select(pair => pair.Key)];
        }
    }

    /// <summary>The server answers nobody, and has dropped its connections. What is prepared or committed stays.</summary>
    public void GoAway()
    {
        lock (_gate)
        {
            _isAway = true;
            foreach (var session in _sessions)
                End(session);
            _sessions.Clear();
        }
    }

    public void ComeBack()
    {
        lock (_gate)
            _isAway = false;
    }

    public Session Open(Incarnation owner)
    {
        lock (_gate)
        {
            if (_isAway)
                throw Away();
            var session = new Session(owner);
            _sessions.Add(session);
            return session;
        }
    }

    public void Close(Session session)
    {
        lock (_gate)
        {
            if (_sessions.Remove(session))
                End(session);
        }
    }

    /// <summary>A process is gone, and with it its connections.</summary>
    public void CloseAll(Incarnation owner)
    {
        lock (_gate)
        {
            foreach (var session in _sessions.Where(session => session.Owner == owner).ToList())
                End(session);
            _sessions.RemoveWhere(session => session.Owner == owner);
        }
    }

    public void Begin(Session session, BranchKey? branch) => On(session, () => session.Work = new Work(branch));

    /// <summary>Fails in a transaction that has failed before.</summary>
    public void Probe(Session session) => On(session, static () => { });

    public void Commit(Session session) => On(session, () =>
    {
        if (session.Work is { } work)
            Commit(work);
        Over(session);
    });

    public void RollBack(Session session)
    {
        lock (_gate)
        {
            if (session.IsOpen && RollBackOpen(session) is { } failure)
                throw failure;
        }
    }

    public void Prepare(Session session, string transaction) => On(session, () =>
    {
        var work = session.Work ?? throw new InvalidOperationException("There is no transaction to prepare.");
        _prepared.Add(transaction, new Prepared(work, time.GetTimestamp()));
        Over(session);
        watch.Prepared(this, work);
    });

    public void Finish(Session session, string transaction, bool commit) => On(session, () =>
    {
        if (!_prepared.Remove(transaction, out var prepared))
            throw new MemoryDbException(MemoryDbException.UnknownPrepared, $"prepared transaction '{transaction}' does not exist");
        if (commit)
            Commit(prepared.Work);
        else if (RollBack(prepared.Work) is { } failure)
            throw failure;
    });

    /// <summary>What is prepared, oldest first, with its age.</summary>
    public IReadOnlyList<(string Name, TimeSpan Age)> ListPrepared()
    {
        lock (_gate)
            return [.. _prepared.OrderBy(pair => pair.Value.At).Select(pair => (pair.Key, time.GetElapsedTime(pair.Value.At)))];
    }

    public bool HasWritten(Session session)
    {
        lock (_gate)
        {
            Check(session);
            return session.Work?.HasWritten == true;
        }
    }

    /// <summary>A row as a transaction sees it: its own writes, else what is committed.</summary>
    public bool TryRead(Session? session, RowKey row, out object? value)
    {
        lock (_gate)
        {
            Check(session);
            return TryRead(session?.Work, row, out value);
        }
    }

    /// <summary>A table as a transaction sees it.</summary>
    public IReadOnlyList<KeyValuePair<object, object?>> ReadAll(Session? session, string table)
    {
        lock (_gate)
        {
            Check(session);
            var seen = _rows.Where(pair => pair.Key.Table == table).ToDictionary(pair => pair.Key.Key, pair => pair.Value);
            foreach (var (row, change) in session?.Work?.Writes ?? [])
            {
                if (row.Table != table)
                    continue;
                if (change.Kind == ChangeKind.Remove)
                    seen.Remove(row.Key);
                else
                    seen[row.Key] = change.Value;
            }

            return [.. seen];
        }
    }

    /// <summary>
    /// Locks a row, waiting for another transaction that has it, and changes it. Without a session, or without an open transaction, that is committed at once.
    /// </summary>
    /// <param name="session">The connection, or null.</param>
    /// <param name="row">The row.</param>
    /// <param name="change">What becomes of it, given whether it is there and its value. It may throw.</param>
    /// <param name="isBusiness">Whether the application writes.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async ValueTask<ChangeKind> ChangeAsync(
        Session? session, RowKey row, Func<bool, object?, Change> change, bool isBusiness, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            Task unlocked;
            Work holder;
            lock (_gate)
            {
                Check(session);
                if (_isAway)
                    throw Away();
                if (!IsLocked(row, session?.Work, out var other))
                    return ChangeUnlocked(session, row, change, isBusiness);
                (unlocked, holder) = (_unlocked.Task, other);
            }

            await WaitAsync(session, row, holder, unlocked, began, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The same without waiting and outside of any transaction.</summary>
    public void ChangeNow(RowKey row, Func<bool, object?, Change> change)
    {
        lock (_gate)
        {
            if (IsLocked(row, null, out var holder))
                throw new InvalidOperationException($"{row} is locked by {holder}.");
            ChangeUnlocked(null, row, change, isBusiness: true);
        }
    }

    /// <summary>Remembers how to take back what a transaction has done where nothing can be kept apart.</summary>
    public void AddUndo(Session session, Action undo) => On(session, () =>
    {
        var work = session.Work ?? throw new InvalidOperationException("There is no transaction.");
        work.HasWritten = true;
        work.Undo.Push(undo);
    });

    /// <summary>Whether the transaction of a connection is neither over nor broken.</summary>
    public bool IsInTransaction(Session session)
    {
        lock (_gate)
            return session is { IsOpen: true, Work: not null };
    }

    private ChangeKind ChangeUnlocked(Session? session, RowKey row, Func<bool, object?, Change> change, bool isBusiness)
    {
        var work = session?.Work ?? new Work(null);
        var isOwn = session?.Work is not null;
        Change wanted;
        try
        {
            var exists = TryRead(work, row, out var value);
            wanted = change(exists, value);
            if (wanted.Kind != ChangeKind.None && isBusiness && session?.IsReadOnly == true)
                throw new MemoryDbException(MemoryDbException.ReadOnly, $"{row} cannot be written in a read-only transaction");
        }
        catch (MemoryDbException) when (isOwn)
        {
            // As on a server: after an error a transaction can only roll back.
            session!.IsFailed = true;
            throw;
        }

        if (wanted.Kind == ChangeKind.None)
            return wanted.Kind;
        work.Writes[row] = wanted;
        work.HasWritten |= isBusiness;
        if (isOwn)
        {
            work.Locks.Add(row);
            _locks[row] = work;
        }
        else
        {
            Commit(work);
        }

        return wanted.Kind;
    }

    private async ValueTask WaitAsync(Session? session, RowKey row, Work holder, Task unlocked, long began, CancellationToken cancellationToken)
    {
        var left = (session?.LockTimeout ?? LockTimeout) - time.GetElapsedTime(began);
        try
        {
            if (left <= TimeSpan.Zero)
                throw new TimeoutException();
            await unlocked.WaitAsync(left, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Nothing was changed.
            lock (_gate)
            {
                if (session is not null)
                    session.IsFailed = true;
            }

            throw new MemoryDbException(MemoryDbException.LockTimeout, $"{row} in '{name}' is locked by {holder}, and the wait for it is over");
        }
    }

    private bool IsLocked(RowKey row, Work? by, [NotNullWhen(true)] out Work? holder) => _locks.TryGetValue(row, out holder) && holder != by;

    private bool TryRead(Work? work, RowKey row, out object? value)
    {
        if (work is null || !work.Writes.TryGetValue(row, out var own))
            return _rows.TryGetValue(row, out value);
        value = own.Value;
        return own.Kind == ChangeKind.Write;
    }

    private void On(Session session, Action action)
    {
        lock (_gate)
        {
            Check(session);
            action();
        }
    }

    private void Check(Session? session)
    {
        if (session is null)
            return;
        if (!session.IsOpen)
            throw MemoryDbException.Lost($"the connection to '{name}' is gone");
        if (session.IsFailed)
            throw new MemoryDbException(MemoryDbException.FailedTransaction, "the transaction has failed before; nothing but a roll back is possible");
    }

    /// <summary>Nobody is there any more whom a failure could be told, but the watch.</summary>
    private void End(Session session)
    {
        RollBackOpen(session);
        session.IsOpen = false;
    }

    private MemoryDbException? RollBackOpen(Session session)
    {
        var failure = session.Work is { } work ? RollBack(work) : null;
        Over(session);
        return failure;
    }

    private static void Over(Session session) => (session.Work, session.IsFailed, session.IsReadOnly, session.LockTimeout) = (null, false, false, null);

    private void Commit(Work work)
    {
        foreach (var (row, change) in work.Writes)
        {
            if (change.Kind == ChangeKind.Remove)
                _rows.Remove(row);
            else
                _rows[row] = change.Value;
        }

        Unlock(work);
        watch.Ended(this, work, committed: true, failure: null);
    }

    /// <returns>What could not be taken back, or null. The transaction is over all the same.</returns>
    private MemoryDbException? RollBack(Work work)
    {
        MemoryDbException? failure = null;
        while (work.Undo.TryPop(out var undo))
        {
            try
            {
                undo();
            }
            catch (Exception exception)
            {
                // This one stays. The others are taken back, and nobody waits for the rows for ever.
                failure ??= new MemoryDbException(MemoryDbException.Internal, $"'{name}' could not take back all that {work} has saved: {exception.GetType().Name}: {exception.Message}", exception);
            }
        }

        Unlock(work);
        watch.Ended(this, work, committed: false, failure);
        return failure;
    }

    private void Unlock(Work work)
    {
        foreach (var row in work.Locks)
            _locks.Remove(row);
        var unlocked = _unlocked;
        _unlocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        unlocked.SetResult();
    }

    private MemoryDbException Away() => MemoryDbException.Lost($"database '{name}' is away, as the test wants it");

    private sealed record Prepared(Work Work, long At);
}
