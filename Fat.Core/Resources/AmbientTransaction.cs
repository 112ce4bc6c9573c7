using System.Data.Common;
using System.Runtime.ExceptionServices;
using System.Transactions;

namespace Fat.Resources;

/// <summary>
/// A System.Transactions transaction: whatever opens a connection with the same connection string while the method runs is
/// enlisted. The provider hands back the connection that is already enlisted, so what Fat runs itself reaches the same
/// transaction of the server.
/// </summary>
internal sealed class AmbientTransaction : LocalTransaction
{
    private readonly CommittableTransaction _transaction;
    private readonly DbConnection _template;
    private Task _enlisting = Task.CompletedTask;
    private int _over;

    private AmbientTransaction(FatDatabase database, FatTransactionStart start, CommittableTransaction transaction, DbConnection template)
        : base(database, start)
    {
        _transaction = transaction;
        _template = template;
    }

    public static new async Task<LocalTransaction> BeginAsync(
        FatDatabase database, IServiceProvider services, TransactionSettings settings, CancellationToken cancellationToken)
    {
        var options = new TransactionOptions { IsolationLevel = Isolation(settings.Isolation), Timeout = TimeSpan.Zero };
        var start = settings.Start(FatEnlistment.Ambient);
        var local = new AmbientTransaction(database, start, new CommittableTransaction(options), database.Connect(services));
        try
        {
            var begin = database.Dialect.Begin(start);
            if (database.Dialect.EnlistsByThread(local._template))
                await local.EnlistAsync(begin, cancellationToken).ConfigureAwait(false);
            else if (begin is not null)
                await local.ExecuteAsync(begin, [], cancellationToken).ConfigureAwait(false);
            return EnlistmentCount.Of(local._transaction) > 0 || (begin is null && await EnlistsAsync(database, local._template, cancellationToken).ConfigureAwait(false))
                ? local
                : throw new FatConfigurationException(
                    $"Connections of database '{database.Name}' do not enlist in a TransactionScope, so what a method does there would be in no transaction: remove Enlist=false from their " +
                    $"connection string, or, where the provider does not enlist, set FatDatabaseOptions.Enlistment to {nameof(FatEnlistment.Direct)} and work with FatLocalTransaction.Current.");
        }
        catch (NotSupportedException exception)
        {
            // Rolled back: nothing was written by the method yet.
            await local.RollbackAsync().ConfigureAwait(false);
            throw new FatConfigurationException(
                $"Connections of database '{database.Name}' cannot be opened in a TransactionScope ({exception.Message}): remove Multiplexing=true from their connection string, with which Npgsql does not enlist, " +
                $"or set FatDatabaseOptions.Enlistment to {nameof(FatEnlistment.Direct)} and work with FatLocalTransaction.Current.",
                exception);
        }
        catch
        {
            // Nothing was written by the method yet.
            await local.RollbackAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async Task RunAsync(IServiceProvider services, Func<Task> body)
    {
        using (FatLocalTransaction.Leave())
        using (var scope = new TransactionScope(_transaction, TransactionScopeAsyncFlowOption.Enabled))
        {
            await body().ConfigureAwait(false);
            scope.Complete();
        }

        if (EnlistmentCount.Of(_transaction) > 1)
        {
            throw new InvalidOperationException(
                $"The method used more than one connection in its transaction on database '{Database.Name}': two at the same time, or one " +
                "with another connection string. Open one at a time, with the connection string that the database was registered with.");
        }
    }

    public override async Task ReturnAsync(Func<Task> body)
    {
        using (FatLocalTransaction.Leave())
        using (var scope = new TransactionScope(_transaction, TransactionScopeAsyncFlowOption.Enabled))
        {
            try
            {
                await body().ConfigureAwait(false);
            }
            finally
            {
                // Whether a failure ends the transaction is up to the method that has called this one.
                scope.Complete();
            }
        }
    }

    public override Task ExecuteAsync(string sql, IReadOnlyList<string> parameters, CancellationToken cancellationToken) =>
        OnConnectionAsync(sql, parameters, static (command, token) => command.ExecuteNonQueryAsync(token), cancellationToken);

    public override Task PrepareAsync(string sql, CancellationToken cancellationToken) => OnConnectionAsync(
        sql, [], (command, token) => ReplicatedCommit.RunAsync(Database.Dialect, command.Connection!, () => command.ExecuteNonQueryAsync(token), token), cancellationToken);

    public override Task<object?> QueryAsync(string sql, CancellationToken cancellationToken) =>
        OnConnectionAsync(sql, [], static (command, token) => command.ExecuteScalarAsync(token), cancellationToken);

    // The provider commits inside EndCommit with a blocking round trip: on a pool thread, never on the caller's.
    public override async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (Database.Dialect.FailsIfFailed is { } probe)
            await QueryAsync(probe, cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.Run(_transaction.Commit, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TransactionAbortedException exception) when (FatDatabase.Failure(exception) is { } failure && Database.Dialect.IsRefusal(failure))
        {
            // Rolled back: the server refused the COMMIT, and the provider has wrapped what it said.
            ExceptionDispatchInfo.Throw(failure);
        }

        Volatile.Write(ref _over, 1);
        await CloseAsync().ConfigureAwait(false);
    }

    public override async Task ExecuteAndCommitAsync(string sql, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
    {
        await ExecuteAsync(sql, parameters, cancellationToken).ConfigureAwait(false);
        await CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task RollbackAsync()
    {
        if (_enlisting.IsCompleted)
            return EndAsync();

        // Given up while the driver waits for the server, which may take long: nothing was written yet.
        _ = EndLaterAsync();
        return Task.CompletedTask;
    }

    // Rolling the provider's side back after the server's side has ended sends a ROLLBACK that finds nothing to do.
    public override Task DetachAsync() => EndAsync();

    private static IsolationLevel Isolation(System.Data.IsolationLevel level) => level switch
    {
        System.Data.IsolationLevel.Unspecified => IsolationLevel.ReadCommitted,
        System.Data.IsolationLevel.Chaos => IsolationLevel.Chaos,
        System.Data.IsolationLevel.ReadUncommitted => IsolationLevel.ReadUncommitted,
        System.Data.IsolationLevel.ReadCommitted => IsolationLevel.ReadCommitted,
        System.Data.IsolationLevel.RepeatableRead => IsolationLevel.RepeatableRead,
        System.Data.IsolationLevel.Serializable => IsolationLevel.Serializable,
        System.Data.IsolationLevel.Snapshot => IsolationLevel.Snapshot,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "An unknown isolation level."),
    };

    /// <summary>Asked once, in a transaction of its own: without a pool the method's own connection would be a second one in its transaction.</summary>
    private static async Task<bool> EnlistsAsync(FatDatabase database, DbConnection template, CancellationToken cancellationToken)
    {
        if (database.IsKnownToEnlist)
            return true;
        using var transaction = new CommittableTransaction();
        using (var scope = new TransactionScope(transaction, TransactionScopeAsyncFlowOption.Enabled))
        {
            var connection = ConnectionClone.Of(template);
            await using (connection.ConfigureAwait(false))
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            scope.Complete();
        }

        database.IsKnownToEnlist = EnlistmentCount.Of(transaction) > 0;
        await Task.Run(transaction.Rollback, CancellationToken.None).ConfigureAwait(false);
        return database.IsKnownToEnlist;
    }

    private Task EnlistAsync(string? begin, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _enlisting = EnlistmentThread.RunAsync(() => Enlist(begin), Database.Background);
        return _enlisting.WaitAsync(cancellationToken);
    }

    // Without awaiting anything: the driver enlists on the thread that it goes on on.
    private void Enlist(string? begin)
    {
        using var scope = new TransactionScope(_transaction);
        using var connection = ConnectionClone.Of(_template);
        connection.Open();
        if (begin is not null)
        {
            using var command = connection.CreateCommand();
            command.CommandText = begin;
            command.ExecuteNonQuery();
        }

        scope.Complete();
    }

    private async Task EndLaterAsync()
    {
        await _enlisting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await EndAsync().ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        if (Interlocked.Exchange(ref _over, 1) != 0)
            return;
        try
        {
            await Task.Run(_transaction.Rollback).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TransactionException or InvalidOperationException or DbException)
        {
            // Rolled back already, by a failed scope or a broken connection; no COMMIT was sent.
        }

        await CloseAsync().ConfigureAwait(false);
    }

    private async Task CloseAsync()
    {
        _transaction.Dispose();
        await _template.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<T> OnConnectionAsync<T>(
        string sql, IReadOnlyList<string> parameters, Func<DbCommand, CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        using var scope = new TransactionScope(_transaction, TransactionScopeAsyncFlowOption.Enabled);
        var connection = ConnectionClone.Of(_template);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = sql;
                command.AddParameters(parameters);
                var result = await run(command, cancellationToken).ConfigureAwait(false);
                scope.Complete();
                return result;
            }
        }
    }
}
