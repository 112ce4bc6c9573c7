using System.Data.Common;

namespace Fat.Resources;

/// <summary>
/// What differs between database providers. Fat references none of them: a dialect is chosen by the type of the connection.
/// </summary>
internal abstract class SqlDialect
{
    /// <summary>The database product, for people.</summary>
    public abstract string Product { get; }

    /// <summary>Whether there is a barrier table for this dialect, so that a database of it can hold decisions.</summary>
    public abstract bool HasBarrier { get; }

    public static SqlDialect For(DbConnection connection) =>
        connection.GetType().FullName == "Npgsql.NpgsqlConnection" ? PostgresDialect.Instance : new HeldOnlyDialect(connection.GetType());

    /// <summary>Null when transactions can be prepared on this server, else what to change there.</summary>
    public abstract Task<string?> PrepareProblemAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>The statements at the start of a branch's transaction, or null for none.</summary>
    public abstract string? Begin(TimeSpan? lockTimeout, bool readOnly);

    /// <summary>A query that returns true when the transaction has written something, or null when it cannot be known.</summary>
    public abstract string? HasWritten { get; }

    /// <summary>
    /// A statement that fails in a transaction that has failed before, or null when a COMMIT of such a one fails by itself.
    /// PostgreSQL answers it with a silent ROLLBACK, so a method that swallowed an error would seem committed.
    /// </summary>
    public abstract string? FailsIfFailed { get; }

    public abstract string Prepare(string name);

    public abstract string Finish(string name, bool commit);

    /// <summary>
    /// In doubt, this database, oldest first: the prepared name, and its age in seconds by the server's clock.
    /// Takes no parameters.
    /// </summary>
    public abstract string ListInDoubt { get; }

    /// <summary>The prepared transaction does not exist (any more).</summary>
    public abstract bool IsUnknownPrepared(DbException exception);

    /// <summary>
    /// The server itself refused, over a connection that still works, so what was sent has certainly not been committed. Anything
    /// else that happens during a commit leaves it in doubt.
    /// </summary>
    public abstract bool IsRefusal(DbException exception);

    /// <summary>A row with the same key is already there.</summary>
    public abstract bool IsDuplicateKey(DbException exception);

    /// <summary>A lock was not granted in time.</summary>
    public abstract bool IsLockTimeout(DbException exception);

    /// <summary>What can be done about a failure, from the server or else from here; null when there is nothing to say.</summary>
    public abstract string? Advice(DbException exception);

    /// <summary>
    /// A connection like the given closed one, but outside of the application's pool and never enlisted (rule L5); null when
    /// the dialect cannot make one.
    /// </summary>
    public abstract DbConnection? Reserved(DbConnection connection);

    /// <summary>Makes the commands of a batch independent of each other, in one round trip; false when that cannot be had.</summary>
    public abstract bool MakeIndependent(DbBatch batch);
}
