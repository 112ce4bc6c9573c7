using System.Data;
using System.Data.Common;

namespace Fat.Resources;

/// <summary>
/// One open transaction on one database connection, in which a branch's method runs. Used by one flow at a time. Disposing
/// it while it is open rolls it back.
/// </summary>
internal abstract class LocalTransaction(FatDatabase database, FatTransactionStart start) : IAsyncDisposable
{
    public FatDatabase Database => database;

    public FatTransactionStart Start => start;

    public static async Task<LocalTransaction> BeginAsync(
        FatDatabase database, IServiceProvider services, TransactionSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            return await BeginOnceAsync(database, services, settings, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception) when (!database.Dialect.IsRefusal(exception))
        {
            // Nothing has run yet. The pool may have handed out a connection that died with a restart of the server; the next one is new.
            return await BeginOnceAsync(database, services, settings, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task<LocalTransaction> BeginOnceAsync(
        FatDatabase database, IServiceProvider services, TransactionSettings settings, CancellationToken cancellationToken) =>
        database.Enlistment == FatEnlistment.Direct
            ? DirectTransaction.BeginAsync(database, services, settings, cancellationToken)
            : AmbientTransaction.BeginAsync(database, services, settings, cancellationToken);

    /// <summary>The server's name of the session, for who holds the locks that it waits for; null when it is not known.</summary>
    public virtual string? Session => null;

    /// <summary>True when the method has certainly written; false when only the server knows.</summary>
    public bool HasWritten { get; protected set; }

    /// <summary>Runs a business method so that its work goes through this transaction.</summary>
    /// <param name="services">The DI scope of the method's service.</param>
    /// <param name="body">The method.</param>
    public abstract Task RunAsync(IServiceProvider services, Func<Task> body);

    /// <summary>Runs a business method of another DI scope inside one that runs already.</summary>
    public virtual Task JoinAsync(IServiceProvider services, Func<Task> body) => ReturnAsync(body);

    /// <summary>Runs a business method inside one that runs already, perhaps out of one on another database.</summary>
    public abstract Task ReturnAsync(Func<Task> body);

    /// <summary>Whether the context of a DI scope works in it now, or there is none that had to.</summary>
    public virtual bool HasContextOf(IServiceProvider services) => database.ContextType is null;

    /// <summary>A method that works in it asks for an isolation level.</summary>
    /// <exception cref="FatConfigurationException">The transaction was begun with less.</exception>
    public void RequireIsolation(IsolationLevel asked)
    {
        var begun = start.Isolation != IsolationLevel.Unspecified ? start.Isolation
            : start.Enlistment == FatEnlistment.Ambient ? IsolationLevel.ReadCommitted
            : database.Dialect.DefaultIsolation;
        if (IsolationStrength.IsAbove(asked, begun))
        {
            throw new FatConfigurationException(
                $"The method asks for isolation level {asked}, and the transaction on database '{database.Name}' that it joins was begun with {begun}: ask for {asked} where the transaction " +
                "begins (FatTransactionAttribute.IsolationLevel), or for none here.");
        }
    }

    /// <summary>Runs a statement; parameters are named <c>p1</c>, <c>p2</c>, ….</summary>
    public abstract Task ExecuteAsync(string sql, IReadOnlyList<string> parameters, CancellationToken cancellationToken);

    /// <summary>Runs a statement that prepares the transaction, and ends it here. When it throws, the outcome is in doubt as in <see cref="CommitAsync"/>.</summary>
    public abstract Task PrepareAsync(string sql, CancellationToken cancellationToken);

    /// <summary>Runs a query for one value.</summary>
    public abstract Task<object?> QueryAsync(string sql, CancellationToken cancellationToken);

    /// <summary>
    /// Commits. When it throws something other than a refusal of the server (<see cref="FatDialect.IsRefusal"/>), the
    /// outcome is in doubt.
    /// </summary>
    public abstract Task CommitAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Runs a statement and commits in the same round trip where that is possible. Failures as in <see cref="CommitAsync"/>.
    /// </summary>
    public abstract Task ExecuteAndCommitAsync(string sql, IReadOnlyList<string> parameters, CancellationToken cancellationToken);

    /// <summary>
    /// Rolls back and hands the connection back. Does not throw: without a COMMIT the server rolls back by itself when the
    /// connection is gone.
    /// </summary>
    public abstract Task RollbackAsync();

    /// <summary>Hands the connection back after a statement such as PREPARE TRANSACTION has ended the transaction.</summary>
    public abstract Task DetachAsync();

    public async ValueTask DisposeAsync()
    {
        await RollbackAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}

/// <summary>How a transaction is begun. Lock waits of a branch end within the time that it has left (rule L6).</summary>
internal sealed record TransactionSettings(IsolationLevel Isolation, bool ReadOnly, TimeSpan? LockTimeout)
{
    public string? Mark { get; init; }

    public FatTransactionStart Start(FatEnlistment enlistment) => new(Isolation, ReadOnly, LockTimeout, enlistment) { Mark = Mark };
}
