using System.Data;
using System.Data.Common;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Messages;

/// <summary>
/// The rows of messages in one database. The row is the message: what Redis loses is made again from it, and without it there was no commit. Thread-safe.
/// </summary>
internal sealed class MessageRows(FatDatabase database, FatBarrierSql barrier, FatMessageSql sql, bool createTable, IServiceProvider services) : IAsyncDisposable
{
    /// <summary>A row that somebody has just inserted and not committed is left to him, and asked for again later.</summary>
    private static readonly TimeSpan LockTimeout = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan CreateTimeout = TimeSpan.FromMilliseconds(100);

    private readonly OneAtATime _turn = new(database.Background);
    private readonly ReservedConnection _reserved = new(database, services);
    private volatile bool _hasTable;

    public FatDatabase Database => database;

    public ValueTask DisposeAsync() => _reserved.DisposeAsync();

    /// <summary>
    /// Creates what is missing, unless the application does that itself (<see cref="FatOptions.CreateBarrierTable"/>). To create an index waits for every open transaction on the table, and whoever comes later waits behind it: on a busy table it gives up at once, and is tried again with the next
    /// turn. Until then messages are found by looking through the table.
    /// </summary>
    public async Task EnsureTableAsync(CancellationToken cancellationToken)
    {
        if (_hasTable || !createTable)
            return;
        _hasTable = await OnReservedAsync(
            async session =>
            {
                try
                {
                    await session.ExecuteAsync(barrier.Create).ConfigureAwait(false);
                    return await HasIndexesAsync(session).ConfigureAwait(false) || await CreateIndexesAsync(session, cancellationToken).ConfigureAwait(false);
                }
                catch (DbException exception) when (database.Dialect.IsRefusal(exception))
                {
                    // Two instances created it at the same moment, and one of them failed; or the table was busy.
                    return await HasIndexesAsync(session).ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Stores a message in a transaction of its producer; false when there is another one of the same id. One of the application's takes the place of an attempt that was rolled back: recovery has waited for the end of that one's transaction
    /// before it wrote so, thus at most one commits.
    /// </summary>
    public async Task<bool> InsertAsync(DbConnection connection, DbTransaction? transaction, MessageId id, string reason, string? payload, CancellationToken cancellationToken)
    {
        var session = new SqlSession(connection, transaction, cancellationToken);
        try
        {
            return await session.ExecuteAsync(id.IsOwn ? sql.Insert : sql.InsertAgain, id.Text, reason, payload).ConfigureAwait(false) > 0;
        }
        catch (DbException exception) when (database.Dialect.IsDuplicateKey(exception))
        {
            return !id.IsOwn && sql.TakeOver is { } takeOver && await session.ExecuteAsync(takeOver, id.Text, reason, payload).ConfigureAwait(false) > 0;
        }
    }

    /// <summary>Stores something in a transaction of its own; false when it is there already.</summary>
    public async Task<bool> TryInsertAsync(MessageId id, string reason, string? payload, CancellationToken cancellationToken)
    {
        try
        {
            await OnReservedAsync(
                session => ReplicatedCommit.RunAsync(database.Dialect, session.Connection, () => session.ExecuteAsync(sql.Insert, id.Text, reason, payload), cancellationToken), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbException exception) when (database.Dialect.IsDuplicateKey(exception))
        {
            return false;
        }
    }

    /// <summary>
    /// Asks whether a message was committed, and makes the answer final: if it was not, it never will be. Null when a transaction that has stored it is still open.
    /// </summary>
    public Task<MessageRow?> SettleAsync(MessageId id, CancellationToken cancellationToken) => OnReservedAsync(
        async session =>
        {
            if (!await RollBackAsync(session, id, cancellationToken).ConfigureAwait(false))
                return null;
            var row = (await session.ReadAsync(sql.Read, Row, id.Text).ConfigureAwait(false)).SingleOrDefault();
            if (row is { IsRolledBack: false })
                await ReplicatedCommit.ConfirmAsync(database.Dialect, session.Connection, cancellationToken).ConfigureAwait(false);
            return row;
        },
        cancellationToken);

    public Task<MessageRow?> ReadAsync(MessageId id, CancellationToken cancellationToken) => OnReservedAsync(
        async session => (await session.ReadAsync(sql.Read, Row, id.Text).ConfigureAwait(false)).SingleOrDefault(), cancellationToken);

    /// <summary>The rows of many messages, in their order, over one connection.</summary>
    public Task<IReadOnlyList<MessageRow?>> ReadAsync(IReadOnlyList<MessageId> ids, CancellationToken cancellationToken) => OnReservedAsync(
        async session =>
        {
            var rows = new List<MessageRow?>(ids.Count);
            foreach (var id in ids)
                rows.Add((await session.ReadAsync(sql.Read, Row, id.Text).ConfigureAwait(false)).SingleOrDefault());
            return (IReadOnlyList<MessageRow?>)rows;
        },
        cancellationToken);

    /// <summary>Messages under way that have a reason and at least an age, in the order of their ids, behind one or from the first, each with its age.</summary>
    public Task<IReadOnlyList<(MessageId Id, TimeSpan Age)>> ListAsync(string reason, TimeSpan age, MessageId? after, int most, CancellationToken cancellationToken) => OnReservedAsync(
        async session =>
        {
            var found = await session.ReadAsync(
                sql.List, static reader => (Text: reader.GetString(0), Age: TimeSpan.FromSeconds(reader.GetDouble(1))), reason, age.TotalSeconds, after?.Text ?? string.Empty, most).ConfigureAwait(false);
            if (found.Count > 0)
                await ReplicatedCommit.ConfirmAsync(database.Dialect, session.Connection, cancellationToken).ConfigureAwait(false);
            return (IReadOnlyList<(MessageId, TimeSpan)>)[.. found.Select(row => (Id: MessageId.TryParse(row.Text, out var id) ? id : default, row.Age)).Where(row => row.Id != default)];
        },
        cancellationToken);

    public Task ChangeAsync(MessageId id, string payload, CancellationToken cancellationToken) => ChangeAsync([(id, payload)], cancellationToken);

    /// <summary>Over one connection; what fails in the middle has changed those before.</summary>
    public Task ChangeAsync(IReadOnlyList<(MessageId Id, string Payload)> changes, CancellationToken cancellationToken) => OnReservedAsync(
        async session =>
        {
            foreach (var (id, payload) in changes)
                await session.ExecuteAsync(sql.Change, id.Text, payload).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Changes reason and payload of what is under way; false when it is not, or has another payload than is told.</summary>
    public async Task<bool> TryReplaceAsync(MessageId id, string before, string after, string reason, CancellationToken cancellationToken) =>
        await OnReservedAsync(session => session.ExecuteAsync(sql.Replace, id.Text, before, after, reason), cancellationToken).ConfigureAwait(false) == 1;

    /// <summary>Messages that have ended.</summary>
    /// <param name="messages">The messages, one at least.</param>
    /// <param name="keep">Whether their ids must not be used again.</param>
    /// <param name="cancellationToken">Cancels it; all or nothing of it is done.</param>
    public Task EndAsync(IReadOnlyList<MessageId> messages, bool keep, CancellationToken cancellationToken)
    {
        string[] ids = [.. messages.Select(id => id.Text)];
        var statement = keep ? sql.End(ids) : sql.Delete(ids);
        return OnReservedAsync(session => session.ExecuteAsync(statement.Text, [.. statement.Parameters]), cancellationToken);
    }

    /// <summary>Deletes what is over for so long, in batches. An id is not free again before its barriers are: they would swallow what a second message of it asks for.</summary>
    public async Task PurgeAsync(TimeSpan cancelled, TimeSpan ended, TimeSpan branches, int batch, CancellationToken cancellationToken)
    {
        await PurgeAsync(sql.PurgeBranches, [branches.TotalSeconds, batch], batch, cancellationToken).ConfigureAwait(false);
        await PurgeAsync(sql.PurgeMessages, [ended.TotalSeconds, batch, FatMessageSql.Done], batch, cancellationToken).ConfigureAwait(false);
        await PurgeAsync(sql.PurgeMessages, [cancelled.TotalSeconds, batch, FatMessageSql.RolledBack], batch, cancellationToken).ConfigureAwait(false);
    }

    private async Task PurgeAsync(string statement, object?[] parameters, int batch, CancellationToken cancellationToken)
    {
        while (await OnReservedAsync(session => session.ExecuteAsync(statement, parameters), cancellationToken).ConfigureAwait(false) == batch)
            cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<bool> HasIndexesAsync(SqlSession session) =>
        (await session.ReadAsync(sql.Created, static _ => string.Empty).ConfigureAwait(false)).Count > 0;

    private async Task<bool> CreateIndexesAsync(SqlSession session, CancellationToken cancellationToken)
    {
        var transaction = await session.Connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var begun = new SqlSession(session.Connection, transaction, cancellationToken);
            if (database.Dialect.LockTimeout(CreateTimeout) is { } bound)
                await begun.ExecuteAsync(bound).ConfigureAwait(false);
            await begun.ExecuteAsync(sql.Create).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    private async Task<bool> RollBackAsync(SqlSession session, MessageId id, CancellationToken cancellationToken)
    {
        var transaction = await session.Connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var begun = new SqlSession(session.Connection, transaction, cancellationToken);
            try
            {
                if (database.Dialect.LockTimeout(LockTimeout) is { } bound)
                    await begun.ExecuteAsync(bound).ConfigureAwait(false);
                await begun.ExecuteAsync(sql.RollBack, id.Text).ConfigureAwait(false);
            }
            catch (DbException exception) when (database.Dialect.IsLockTimeout(exception))
            {
                // In doubt: the producer's transaction is still open.
                return false;
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    private static MessageRow Row(DbDataReader reader) => new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1));

    /// <summary>Over one connection, which stays open: nobody waits for a place in the pool, nor for a server to greet.</summary>
    private async Task<T> OnReservedAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _reserved.OnceAsync((connection, token) => work(new SqlSession(connection, null, token)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Leave();
        }
    }
}

/// <summary>A message's row.</summary>
/// <param name="Reason">Its reason: <c>msg:</c> and the service while it is under way.</param>
/// <param name="Payload">The message; null when it has ended or never was.</param>
internal sealed record MessageRow(string Reason, string? Payload)
{
    public bool IsRolledBack => Reason == FatMessageSql.RolledBack;
}
