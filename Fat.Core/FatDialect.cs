using System.Data;
using System.Data.Common;

namespace Fat;

/// <summary>
/// What differs between database products: the plug-in point for another one. Fat references no database driver; it sends a dialect's
/// statements over the application's own connections. A dialect that overrides nothing but <see cref="Product"/> makes every branch a
/// held one, and its databases hold no decisions. Each group of members adds an ability and is overridden as a whole.
/// </summary>
/// <remarks>
/// One instance serves all databases of its product, so it must be thread-safe; the built-in ones have no state. Statements name their
/// parameters <c>p1</c>, <c>p2</c>, … in the driver's own way, such as <c>@p1</c>. Nothing here may throw, unless it says so.
/// <c>docs/databases.md</c> shows how to write one.
/// </remarks>
public abstract class FatDialect
{
    /// <summary>The database product, for people, such as <c>PostgreSQL</c>.</summary>
    public abstract string Product { get; }

    /// <summary>
    /// The first statements of a branch's transaction, in one text, or null for none: a bound for lock waits, read-only, and what
    /// <see cref="FailsIfFailed"/> needs. They run inside the transaction that the driver has begun. Default: null, so that a branch
    /// waits for locks as long as the server lets it.
    /// </summary>
    /// <param name="start">How the transaction begins.</param>
    public virtual string? Begin(FatTransactionStart start) => null;

    /// <summary>
    /// A statement that bounds the lock waits of the open transaction, or of the session from now on; null when that is not possible.
    /// Recovery sends it before it asks for a decision, on a connection of its own. Default: null.
    /// </summary>
    /// <param name="wait">The bound; where the server knows whole seconds only, rounded down, to one at least.</param>
    public virtual string? LockTimeout(TimeSpan wait) => null;

    /// <summary>
    /// A statement that puts back what <see cref="Begin"/> has changed in the session, or null for none. It is sent when the transaction
    /// is over, before the connection goes back to its pool, and must not be able to commit anything. Only with
    /// <see cref="FatEnlistment.Direct"/>: a connection of <see cref="FatEnlistment.Ambient"/> has left Fat's hands by then. Default: null.
    /// </summary>
    public virtual string? End => null;

    /// <summary>
    /// A query for one value, true or 1 when the transaction has written something, or null when that cannot be known. A branch that wrote
    /// nothing commits at once; one that may have written waits for the decision. Default: null.
    /// </summary>
    /// <param name="start">How the transaction began.</param>
    public virtual string? HasWritten(FatTransactionStart start) => null;

    /// <summary>
    /// A statement that fails in a transaction that could not commit: one that the server has given up before, or whose deferred constraints do not hold.
    /// PostgreSQL answers the COMMIT of a failed one with a silent ROLLBACK and MySQL begins another one, so a method that swallowed an error would seem
    /// committed. It is sent before a held branch votes and with each COMMIT, so more than once. Default: null, for a server whose COMMIT fails by itself and looks at nothing first.
    /// </summary>
    public virtual string? FailsIfFailed => null;

    /// <summary>
    /// A query for one value, true or 1 when the server is a standby, which may not show yet what is prepared, and shows no more than it has been sent: nothing is concluded from what is missing there. Default: null, for one that
    /// never is.
    /// </summary>
    public virtual string? IsStandby => null;

    /// <summary>A query for one value, true or 1 when the server takes no writes now, for health. Default: <see cref="IsStandby"/>.</summary>
    public virtual string? TakesNoWrites => IsStandby;

    /// <summary>
    /// A query for one text: why the server can lose in a crash what it has answered as committed, and what to change; null when it cannot. For the log and for health. Default: null, for a product whose settings allow no such
    /// thing, or whose statements see to it.
    /// </summary>
    public virtual string? LosesCommits => null;

    /// <summary>
    /// Asks the server whether transactions can be prepared there: null when they can, which makes branches durable, else why not and what
    /// to change. Default: that Fat knows no prepared transactions of the product.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="DbException">The server does not answer; it is asked again later.</exception>
    public virtual Task<string?> PrepareProblemAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<string?>($"Fat knows no prepared transactions for {Product}.");

    /// <summary>
    /// A statement that prepares the open transaction under a name. From then on it outlives its connection, its process and the server's
    /// restart, and any other connection can end it.
    /// </summary>
    /// <param name="name">The name: at most 200 of <c>A-Za-z0-9._:-</c>.</param>
    /// <exception cref="NotSupportedException">Transactions cannot be prepared: the default.</exception>
    public virtual string Prepare(string name) => throw Unsupported();

    /// <summary>A statement, run outside of any transaction, that commits a prepared one.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NotSupportedException">Transactions cannot be prepared: the default.</exception>
    public virtual string CommitPrepared(string name) => throw Unsupported();

    /// <summary>A statement, run outside of any transaction, that rolls a prepared one back.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NotSupportedException">Transactions cannot be prepared: the default.</exception>
    public virtual string RollBackPrepared(string name) => throw Unsupported();

    /// <summary>
    /// A query for what is prepared in the connection's database, oldest first: the name, and the age in seconds by the server's clock.
    /// </summary>
    /// <param name="prefix">How the names begin that are Fat's; others may be listed as well and are left alone.</param>
    /// <exception cref="NotSupportedException">Transactions cannot be prepared: the default.</exception>
    public virtual string ListInDoubt(string prefix) => throw Unsupported();

    /// <summary>
    /// Whether ending a prepared transaction failed because there is none of that name (any more), known by the error's code, never by its
    /// text: it then counts as ended. Default: false.
    /// </summary>
    /// <param name="exception">What the driver threw.</param>
    public virtual bool IsUnknownPrepared(DbException exception) => false;

    /// <summary>
    /// Makes the commands of a batch independent of each other, in one round trip; false when that cannot be had, and they are sent one by
    /// one. Default: false.
    /// </summary>
    /// <param name="batch">A batch without commands yet.</param>
    public virtual bool MakeIndependent(DbBatch batch) => false;

    /// <summary>
    /// The statements on a barrier table of this product, so that a database of it can hold the decisions of groups; null when it cannot.
    /// Asked once for each database. Default: null.
    /// </summary>
    /// <param name="table">The barrier table; may be qualified by a schema.</param>
    /// <param name="auditTable">The table in which forced decisions are recorded; may be qualified by a schema.</param>
    public virtual FatBarrierSql? Barrier(string table, string auditTable) => null;

    /// <summary>
    /// The statements on a journal of this product, so that held branches of its databases that a crash loses are known and can be
    /// replayed; null when there is none, and they are lost without a trace. It needs <see cref="Barrier"/>, <see cref="IsDuplicateKey"/> and
    /// <see cref="IsLockTimeout"/>. Asked once for each database. Default: null.
    /// </summary>
    /// <param name="table">The journal; may be qualified by a schema.</param>
    /// <param name="barrierTable">The barrier table; may be qualified by a schema.</param>
    public virtual FatJournalSql? Journal(string table, string barrierTable) => null;

    /// <summary>
    /// The statements on messages in a barrier table of this product, so that a database of it can produce and consume messages exactly once; null when it cannot. It needs
    /// <see cref="Barrier"/>, <see cref="IsDuplicateKey"/>, <see cref="IsLockTimeout"/> and <see cref="LockTimeout"/>. Asked once for each database, and once for all
    /// <see cref="FatBarrier"/>s on a table. Default: null.
    /// </summary>
    /// <param name="table">The barrier table; may be qualified by a schema.</param>
    public virtual FatMessageSql? Messages(string table) => null;

    /// <summary>
    /// A closed connection like the given one, but outside of the application's pool and never enlisted; null when the dialect cannot make
    /// one, and one of the pool is used instead. It finishes branches and reads decisions, which must not wait for a place in the
    /// pool behind business work. Default: null.
    /// </summary>
    /// <param name="connection">A closed connection as the application makes it.</param>
    public virtual DbConnection? Reserved(DbConnection connection) => null;

    /// <summary>
    /// Whether the server itself refused, over a connection that still works, so what was sent has certainly not been committed. Anything
    /// else that happens during a commit leaves it in doubt, to be settled by reading the decision: an error that is not known for
    /// certain to be a refusal is none. Default: false.
    /// </summary>
    /// <param name="exception">What the driver threw.</param>
    public virtual bool IsRefusal(DbException exception) => false;

    /// <summary>Whether a row with the same key is already there. Default: false.</summary>
    /// <param name="exception">What the driver threw.</param>
    public virtual bool IsDuplicateKey(DbException exception) => false;

    /// <summary>Whether a lock was not granted in time. Default: false.</summary>
    /// <param name="exception">What the driver threw.</param>
    public virtual bool IsLockTimeout(DbException exception) => false;

    /// <summary>
    /// The server's name of an open connection's session, for <see cref="LockHolders"/>; null when that cannot be told. It asks nothing of the
    /// server. Default: null.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    public virtual string? Session(DbConnection connection) => null;

    /// <summary>
    /// A query for who holds the lock that the session <c>p1</c> waits for, run on another connection: a row with the name of the prepared
    /// transaction that holds it, or null, and the holder's session and its <see cref="FatTransactionStart.Mark"/> or other name, or null; no
    /// row when it waits for nothing. Null when the server does not tell. Default: null.
    /// </summary>
    public virtual string? LockHolders => null;

    /// <summary>
    /// What can be done about a failure, a sentence for people, from the server or else from the dialect; null when there is nothing to
    /// say. Default: null.
    /// </summary>
    /// <param name="exception">What the driver threw.</param>
    public virtual string? Advice(DbException exception) => null;

    /// <summary>
    /// Whether the driver confuses transactions that were enlisted on the same thread. MySql.Data keeps them in one stack of that thread, and commits
    /// or rolls back whichever is on top, not the one that was asked for: of two that are open at once, each gets the decision of the other
    /// (its <c>MySqlPromotableTransaction</c>, up to 26.10 at least).
    /// </summary>
    /// <param name="connection">One that Fat was given.</param>
    internal virtual bool EnlistsByThread(DbConnection connection) => connection.GetType().FullName == "MySql.Data.MySqlClient.MySqlConnection";

    /// <summary>
    /// Calls back when the server says, beside its answer to a COMMIT or PREPARE, that it has stopped waiting for its standbys to have it too. Until the result is disposed; null when it never says so, or cannot be heard.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="heard">What is called, while the statement still runs.</param>
    internal virtual IDisposable? OnUnreplicated(DbConnection connection, Action heard) => null;

    /// <summary>Waits as a COMMIT does until the server's synchronous standbys, where it has any, have all that was committed before.</summary>
    /// <param name="connection">An open connection, without a transaction.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="DbException">The server does not answer.</exception>
    internal virtual Task ConfirmCommitsAsync(DbConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// A query for one value, true or 1 when the server may refuse to commit the open transaction though <see cref="FailsIfFailed"/> found nothing wrong with it. Such a one cannot vote unless it is prepared. Null for a
    /// server that never does.
    /// </summary>
    internal virtual string? MayRefuseCommit => null;

    /// <summary>What a transaction of <see cref="FatEnlistment.Direct"/> that asks for no isolation level has, unless the server was set to another.</summary>
    internal virtual IsolationLevel DefaultIsolation => IsolationLevel.ReadCommitted;

    private NotSupportedException Unsupported() => new($"Fat knows no prepared transactions for {Product}.");
}
