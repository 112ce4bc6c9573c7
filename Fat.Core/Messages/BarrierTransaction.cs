using System.Data;
using System.Data.Common;
using Fat.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fat.Messages;

/// <summary>
/// The transaction in which a barrier's or a message's rows and the work are one: the caller's, which stays open, or one of its own. Disposing rolls back what was not committed.
/// </summary>
internal sealed class BarrierTransaction : IAsyncDisposable
{
    private static readonly FatTransactionStart Start = new(IsolationLevel.Unspecified, ReadOnly: false, LockTimeout: null, FatEnlistment.Direct);

    private readonly DbConnection _connection;
    private readonly FatDialect _dialect;
    private Func<Task>? _close;
    private bool _isOver;

    private BarrierTransaction(DbConnection connection, FatDialect dialect, bool isOwn)
    {
        _connection = connection;
        _dialect = dialect;
        IsOwn = isOwn;
    }

    /// <summary>Whether it was begun here, and ends here.</summary>
    public bool IsOwn { get; }

    public DbTransaction Transaction { get; private set; } = null!;

    /// <summary>That of a DbContext; null on a connection alone.</summary>
    public IDbContextTransaction? OfContext { get; private set; }

    public static Task<BarrierTransaction> BeginAsync(DbConnection connection, FatDialect dialect, CancellationToken cancellationToken)
    {
        if (FatLocalTransaction.Current is { } branch && ReferenceEquals(branch.Connection, connection))
            return Task.FromResult(new BarrierTransaction(connection, dialect, isOwn: false) { Transaction = branch.Transaction });
        var begun = new BarrierTransaction(connection, dialect, isOwn: true);
        return begun.BeginAsync(
            async () =>
            {
                if (connection.State == ConnectionState.Closed)
                {
                    await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                    begun._close = connection.CloseAsync;
                }

                begun.Transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }

    public static Task<BarrierTransaction> BeginAsync(DbContext context, FatDialect dialect, CancellationToken cancellationToken)
    {
        var connection = context.Database.GetDbConnection();
        if (context.Database.CurrentTransaction is { } current)
            return Task.FromResult(new BarrierTransaction(connection, dialect, isOwn: false) { Transaction = current.GetDbTransaction(), OfContext = current });
        var begun = new BarrierTransaction(connection, dialect, isOwn: true);
        return begun.BeginAsync(
            async () =>
            {
                // Else the context would give it back to its pool with the COMMIT, before the session is put back.
                await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                begun._close = context.Database.CloseConnectionAsync;
                begun.OfContext = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                begun.Transaction = begun.OfContext.GetDbTransaction();
            },
            cancellationToken);
    }

    /// <summary>Runs a statement; parameters are named <c>p1</c>, <c>p2</c>, …. Returns how many rows it affected.</summary>
    public async Task<int> ExecuteAsync(string sql, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
    {
        var command = Command(sql, parameters);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a query for one value.</summary>
    public async Task<object?> QueryAsync(string sql, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
    {
        var command = Command(sql, parameters);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Commits if the transaction was begun here, and fails if the server has given it up before, which a COMMIT may hide.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (!IsOwn)
            return;
        await ReplicatedCommit.RunAsync(_dialect, _connection, () => CommitOwnAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns when what others have committed before, and was found here, is as safe as the server keeps commits. For a transaction that was begun here and is committed.</summary>
    public Task ConfirmAsync(CancellationToken cancellationToken) =>
        IsOwn ? ReplicatedCommit.ConfirmAsync(_dialect, _connection, cancellationToken) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (!IsOwn)
            return;
        if (Transaction is not null)
            await EndAsync().ConfigureAwait(false);
        if (_close is not null)
            await _close().ConfigureAwait(false);
    }

    private async Task<BarrierTransaction> BeginAsync(Func<Task> begin, CancellationToken cancellationToken)
    {
        // The driver would refuse it as well, or begin a transaction that ends with another one.
        if (System.Transactions.Transaction.Current is not null)
        {
            throw new InvalidOperationException(
                "A transaction of its own cannot be begun inside a TransactionScope, nor in a [FatTransaction] method of a database that is Ambient: do it outside, register the database as Direct, or, for a message, use SubmitAsync.");
        }

        try
        {
            await begin().ConfigureAwait(false);
            if (_dialect.Begin(Start) is { } statements)
                await ExecuteAsync(statements, [], cancellationToken).ConfigureAwait(false);
            return this;
        }
        catch
        {
            // Rolled back: nothing was written yet.
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task CommitOwnAsync(CancellationToken cancellationToken)
    {
        if (OfContext is not null)
            await CommitAsync(OfContext, cancellationToken).ConfigureAwait(false);
        else if (_dialect.FailsIfFailed is { } probe)
            await ExecuteAsync($"{probe}; COMMIT", [], cancellationToken).ConfigureAwait(false); // One round trip: the server skips the COMMIT behind a statement that fails.
        else
            await Transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        _isOver = true;
    }

    /// <summary>Two round trips: the context's interceptors hear of a COMMIT that the context sends.</summary>
    private async Task CommitAsync(IDbContextTransaction transaction, CancellationToken cancellationToken)
    {
        if (_dialect.FailsIfFailed is { } probe)
            await ExecuteAsync(probe, [], cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        if (!_isOver)
            await RollBackAsync().ConfigureAwait(false);
        if (OfContext is not null)
            await OfContext.DisposeAsync().ConfigureAwait(false);
        else
            await Transaction.DisposeAsync().ConfigureAwait(false);
        if (_dialect.End is { } end)
            await PutBackAsync(end).ConfigureAwait(false);
    }

    private DbCommand Command(string sql, IReadOnlyList<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.Transaction = Transaction;
        command.CommandText = sql;
        command.AddParameters(parameters);
        return command;
    }

    private async Task RollBackAsync()
    {
        try
        {
            await (OfContext?.RollbackAsync(CancellationToken.None) ?? Transaction.RollbackAsync(CancellationToken.None)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or ObjectDisposedException)
        {
            // Rolled back, or in doubt if it was the COMMIT that failed: the connection is broken, or the server has ended the transaction. The caller has the first exception.
        }
    }

    private async Task PutBackAsync(string end)
    {
        try
        {
            var command = _connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = end;
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException)
        {
            // The transaction is over, committed or rolled back; a connection that fails here is broken.
        }
    }
}
