using System.Data;
using System.Data.Common;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Resources;

/// <summary>A transaction on a connection that Fat opened, lent to the DbContext of the method's DI scope.</summary>
internal sealed class DirectTransaction : LocalTransaction
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;
    private int _over;

    private DirectTransaction(FatDatabase database, FatTransactionStart start, DbConnection connection, DbTransaction transaction)
        : base(database, start)
    {
        _connection = connection;
        _transaction = transaction;
    }

    public override string? Session => Database.Dialect.Session(_connection);

    public static new async Task<LocalTransaction> BeginAsync(
        FatDatabase database, IServiceProvider services, TransactionSettings settings, CancellationToken cancellationToken)
    {
        using var outside = LeaveScope();
        var connection = database.Connect(services);
        DirectTransaction? local = null;
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var transaction = await connection.BeginTransactionAsync(settings.Isolation, cancellationToken).ConfigureAwait(false);
            var start = settings.Start(FatEnlistment.Direct);
            local = new DirectTransaction(database, start, connection, transaction);
            if (database.Dialect.Begin(start) is { } begin)
                await local.ExecuteAsync(begin, [], cancellationToken).ConfigureAwait(false);
            return local;
        }
        catch
        {
            // Nothing was written: closing the connection is the rollback, once the session is again as the pool gave it.
            if (local is not null && database.Dialect.End is not null)
                await local.RollbackAsync().ConfigureAwait(false);
            else
                await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async Task RunAsync(IServiceProvider services, Func<Task> body)
    {
        if (Database.LentContextType is { } type)
            await RunAsync(body, Lent(services, type)).ConfigureAwait(false);
        else
            await ReturnAsync(body).ConfigureAwait(false);
        if (_connection.State == ConnectionState.Closed)
        {
            // Rolled back: nothing can be sent over it any more.
            throw new InvalidOperationException(
                $"The connection of the method's transaction (database '{Database.Name}') is closed when the method returns, and nothing that it wrote is kept. Unless the connection was lost, the method has closed or disposed it: " +
                "leave what GetDbConnection() and FatLocalTransaction give to Fat, without `using`.");
        }
    }

    public override async Task ReturnAsync(Func<Task> body)
    {
        using var outside = LeaveScope();
        using (FatLocalTransaction.Enter(_connection, _transaction, Database.Name.Text))
            await body().ConfigureAwait(false);
    }

    // Some containers hand out another provider with every question: a DI scope is told by the context in it.
    public override bool HasContextOf(IServiceProvider services) =>
        Database.LentContextType is not { } type || DbContextLoan.Of(((LentContext)services.GetRequiredService(type)).Context)?.IsOf(_transaction) == true;

    // The other scope's context has a connection of its own, which would commit by itself.
    public override Task JoinAsync(IServiceProvider services, Func<Task> body) => RunAsync(services, body);

    /// <exception cref="InvalidOperationException">There is no DI scope whose context the method could mean.</exception>
    private LentContext Lent(IServiceProvider services, Type type) => Database.IsOutsideOfScopes(services)
        ? throw new InvalidOperationException(
            $"A [FatTransaction] method on database '{Database.Name}' was called on a service that was asked for outside of a DI scope, so it would work with another DbContext than the one of its transaction. " +
            "Ask for the service in a DI scope (IServiceScopeFactory.CreateAsyncScope).")
        : (LentContext)services.GetRequiredService(type);

    private async Task RunAsync(Func<Task> body, LentContext lent)
    {
        using var outside = LeaveScope();
        var loan = await lent.LendAsync(_connection, _transaction).ConfigureAwait(false);
        lent.Context.SavedChanges += OnSavedChanges;
        try
        {
            await ReturnAsync(body).ConfigureAwait(false);
            if (!loan.Holds)
            {
                throw new InvalidOperationException(
                    $"The method has ended its transaction by itself (database '{Database.Name}', {lent.Context.GetType().Name}): what it committed stays, whatever becomes of the group. " +
                    "Leave COMMIT and ROLLBACK to Fat, and throw to roll back.");
            }
        }
        finally
        {
            lent.Context.SavedChanges -= OnSavedChanges;
            loan.TakeBack();
        }
    }

    private void OnSavedChanges(object? sender, SavedChangesEventArgs saved) => HasWritten |= saved.EntitiesSavedCount > 0;

    public override async Task ExecuteAsync(string sql, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
    {
        var command = Command(sql, parameters);
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task<object?> QueryAsync(string sql, CancellationToken cancellationToken)
    {
        var command = Command(sql, []);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (Database.Dialect.FailsIfFailed is { } probe)
        {
            await ExecuteAndCommitAsync(probe, [], cancellationToken).ConfigureAwait(false);
            return;
        }

        await _transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        await DetachAsync().ConfigureAwait(false);
    }

    public override async Task ExecuteAndCommitAsync(string sql, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
    {
        // When the statement fails the server skips the COMMIT behind it.
        await EndAsync($"{sql}; COMMIT", parameters, cancellationToken).ConfigureAwait(false);
        await DetachAsync().ConfigureAwait(false);
    }

    public override Task PrepareAsync(string sql, CancellationToken cancellationToken) => EndAsync(sql, [], cancellationToken);

    public override async Task RollbackAsync()
    {
        if (Interlocked.Exchange(ref _over, 1) != 0)
            return;
        try
        {
            await _transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or ObjectDisposedException)
        {
            // Rolled back: the connection is broken or the server has ended the transaction already, and no COMMIT was sent.
        }

        await CloseAsync().ConfigureAwait(false);
    }

    public override async Task DetachAsync()
    {
        Volatile.Write(ref _over, 1);
        await CloseAsync().ConfigureAwait(false);
    }

    private async Task CloseAsync()
    {
        await _transaction.DisposeAsync().ConfigureAwait(false);
        if (Database.Dialect.End is { } end)
            await PutBackAsync(end).ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task EndAsync(string sql, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
    {
        var command = Command(sql, parameters);
        await using (command.ConfigureAwait(false))
            await ReplicatedCommit.RunAsync(Database.Dialect, _connection, () => command.ExecuteNonQueryAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
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
            // The transaction is over, committed or rolled back. A connection that is broken no pool takes back; one that is not must not go there as it is.
            if (_connection.State == ConnectionState.Open)
                ConnectionPool.Clear(_connection);
        }
    }

    /// <summary>A TransactionScope around it is the caller's, or of another database's method, and the driver would enlist the connection there.</summary>
    private static TransactionScope? LeaveScope() =>
        Transaction.Current is null ? null : new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);

    private DbCommand Command(string sql, IReadOnlyList<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql;
        command.AddParameters(parameters);
        return command;
    }
}
