using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Fat.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fat;

/// <summary>
/// Makes the work of a branch take effect exactly once, however often, late or out of order its calls arrive: DTM's barrier (https://en.dtm.pub/practice/barrier.html), with its names,
/// its rules and its table. A row in the barrier table commits together with the work, and a call that finds it is skipped. Needs no <c>AddFat</c>; the table has to be there
/// (<c>docs/messages.md</c>).
/// </summary>
/// <remarks>
/// <para>
/// One object serves one request, made from what came with it. <c>barrier_id</c> counts its calls (<c>01</c>, <c>02</c>, …), so a request that is repeated has to make the same calls in the
/// same order. A call that is too much for one transaction is several calls.
/// </para>
/// <para>
/// An exception of <c>CallAsync</c> means that the call is to be repeated, by another request with an object of its own: also that of a COMMIT whose answer was lost. Whether it was done the
/// barrier finds out then. After it this object refuses further calls, which would have other numbers.
/// </para>
/// <para>Not thread-safe: for one flow at a time.</para>
/// </remarks>
public sealed class FatBarrier
{
    private const int LongestId = 128;
    private const int LongestName = 45;

    private readonly string _table;
    private readonly FatDialect? _dialect;
    private readonly BarrierRows _rows;
    private bool _hasFailed;

    /// <summary>Creates a barrier.</summary>
    /// <param name="transType">The kind of transaction (<c>trans_type</c>): 1 to 45 visible ASCII characters, but not <c>fat</c>, which is Fat's own.</param>
    /// <param name="gid">The transaction or message: 1 to 128 visible ASCII characters.</param>
    /// <param name="branchId">The branch (<c>branch_id</c>): 1 to 128 visible ASCII characters.</param>
    /// <param name="op">What the branch is asked to do: 1 to 45 visible ASCII characters, but not <c>held</c>, <c>decision</c> or <c>forced</c>, which are Fat's own.</param>
    /// <param name="table">The barrier table; may be qualified by a schema. It becomes part of statements as it is: never take it from a request.</param>
    /// <param name="dialect">
    /// What to know of the database's product. Null: the built-in one (<see cref="FatDialects"/>) of the connection's type. Dialects that were registered with
    /// <see cref="IFatBuilder.AddDialect"/> are not known here.
    /// </param>
    /// <exception cref="ArgumentException">An argument is not as said above.</exception>
    public FatBarrier(string transType, string gid, string branchId, string op, string table = "fat_barrier", FatDialect? dialect = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(table);
        if (Problem(transType, gid, branchId, op) is var (parameter, problem))
            throw new ArgumentException(problem, parameter);
        TransType = transType;
        Gid = gid;
        BranchId = branchId;
        Op = op;
        _table = table;
        _dialect = dialect;
        _rows = new BarrierRows(transType, gid, branchId, op);
    }

    /// <summary>The kind of transaction: <c>msg</c>, <c>saga</c>, <c>tcc</c>, …</summary>
    public string TransType { get; }

    /// <summary>The transaction or message.</summary>
    public string Gid { get; }

    /// <summary>The branch.</summary>
    public string BranchId { get; }

    /// <summary>What the branch is asked to do: <c>action</c>, <c>compensate</c>, <c>try</c>, <c>confirm</c>, <c>cancel</c>, …</summary>
    public string Op { get; }

    /// <summary>Makes a barrier of what came with a request; false when a field is missing or not as the constructor wants it.</summary>
    /// <param name="field">Gives the value of a field, or null: it is asked for <c>trans_type</c>, <c>gid</c>, <c>branch_id</c> and <c>op</c>.</param>
    /// <param name="barrier">The barrier.</param>
    /// <param name="table">As for the constructor.</param>
    /// <param name="dialect">As for the constructor.</param>
    public static bool TryParse(
        Func<string, string?> field, [NotNullWhen(true)] out FatBarrier? barrier, string table = "fat_barrier", FatDialect? dialect = null)
    {
        ArgumentNullException.ThrowIfNull(field);
        var (transType, gid, branchId, op) = (field("trans_type"), field("gid"), field("branch_id"), field("op"));
        barrier = Problem(transType, gid, branchId, op) is null ? new FatBarrier(transType!, gid!, branchId!, op!, table, dialect) : null;
        return barrier is not null;
    }

    /// <summary>
    /// Runs the work of the branch in a transaction, together with the barrier's rows, unless it has been done, has nothing to take back, or comes too late. The transaction is that of the
    /// running <c>[FatTransaction]</c> method when it is on this very connection, and is left to it; else one of its own is begun, and committed.
    /// </summary>
    /// <param name="db">The connection. When it is closed it is opened, and closed again. It has no other transaction open.</param>
    /// <param name="work">The work, all of it in the given transaction, which it does not end. Called once at most.</param>
    /// <param name="cancellationToken">Cancels the statements of the barrier; the work is to look at it by itself.</param>
    /// <returns>True when the work ran, and is committed if the transaction was the barrier's own. False when it was skipped: the call is to be answered as if it had succeeded.</returns>
    /// <exception cref="FatConfigurationException">No dialect is known for the connection.</exception>
    /// <exception cref="InvalidOperationException">A <c>TransactionScope</c> is around, or a call of this object has failed before.</exception>
    /// <exception cref="DbException">
    /// The database failed, or its answer to the COMMIT was lost; or the work swallowed an error after which the server had given the transaction up.
    /// </exception>
    /// <remarks>
    /// What the work throws passes, and the barrier's own transaction is rolled back. In another's transaction nothing is rolled back: do not swallow the exception there, or the call counts as
    /// done. A call waits for another of the same branch that is open at the same time, as long as the server lets it.
    /// </remarks>
    public async Task<bool> CallAsync(DbConnection db, Func<DbTransaction, Task> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(work);
        var (dialect, sql) = BarrierStatements.For(db, _dialect, _table);
        RefuseAfterFailure();
        var transaction = await BarrierTransaction.BeginAsync(db, dialect, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
            return await CallAsync(transaction, sql, () => work(transaction.Transaction), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// As <see cref="CallAsync(DbConnection, Func{DbTransaction, Task}, CancellationToken)"/>, in the transaction that the context has open (that of a running <c>[FatTransaction]</c> method,
    /// or one of the application's), which is left open; else in one of its own.
    /// </summary>
    /// <param name="db">The context, of a relational database.</param>
    /// <param name="work">The work. It saves its changes, and does not end the transaction.</param>
    /// <param name="cancellationToken">Cancels the statements of the barrier; the work is to look at it by itself.</param>
    /// <returns>True when the work ran, and is committed if the transaction was the barrier's own. False when it was skipped: the call is to be answered as if it had succeeded.</returns>
    /// <exception cref="FatConfigurationException">No dialect is known for the context's connection.</exception>
    /// <exception cref="InvalidOperationException">A <c>TransactionScope</c> is around, a call of this object has failed before, or the context is not relational.</exception>
    /// <exception cref="DbException">
    /// The database failed, or its answer to the COMMIT was lost; or the work swallowed an error after which the server had given the transaction up.
    /// </exception>
    /// <remarks>
    /// What the work throws passes, and the barrier's own transaction is rolled back. In another's transaction nothing is rolled back: do not swallow the exception there, or the call counts as
    /// done. A context whose work was rolled back still tracks it: do not use it further.
    /// </remarks>
    public async Task<bool> CallAsync(DbContext db, Func<IDbContextTransaction, Task> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(work);
        var (dialect, sql) = BarrierStatements.For(db.Database.GetDbConnection(), _dialect, _table);
        RefuseAfterFailure();
        var transaction = await BarrierTransaction.BeginAsync(db, dialect, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
            return await CallAsync(transaction, sql, () => work(transaction.OfContext!), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether the local transaction of this message (<see cref="Gid"/>) has committed: what a message's producer answers when it is asked (DTM's <c>query_prepared</c>: 200 when true, 409
    /// when false). False is final: where there was no such transaction none can commit any more, since the barrier has its row now. That holds for producers with a <see cref="FatBarrier"/>, or of DTM's clients;
    /// those of <see cref="IFatMessages"/> need not be asked, and can repeat a message under an id of their own.
    /// </summary>
    /// <param name="db">A connection to the producer's database, without an open transaction. When it is closed it is opened, and closed again.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="TimeoutException">The local transaction is still open, after 2 seconds: ask again later (DTM: answer 425).</exception>
    /// <exception cref="FatConfigurationException">No dialect is known for the connection.</exception>
    /// <exception cref="InvalidOperationException">It is called inside a transaction.</exception>
    /// <exception cref="DbException">The database failed: the question is open, and can be repeated.</exception>
    public async Task<bool> QueryPreparedAsync(DbConnection db, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        var (dialect, sql) = BarrierStatements.For(db, _dialect, _table);
        var transaction = await BarrierTransaction.BeginAsync(db, dialect, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
            return await ProducerQuery.HasCommittedAsync(transaction, dialect, sql, Gid, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="QueryPreparedAsync(DbConnection, CancellationToken)"/>.</summary>
    /// <param name="db">A context on the producer's database, without an open transaction.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="TimeoutException">The local transaction is still open, after 2 seconds: ask again later (DTM: answer 425).</exception>
    /// <exception cref="FatConfigurationException">No dialect is known for the context's connection.</exception>
    /// <exception cref="InvalidOperationException">It is called inside a transaction, or the context is not relational.</exception>
    /// <exception cref="DbException">The database failed: the question is open, and can be repeated.</exception>
    public async Task<bool> QueryPreparedAsync(DbContext db, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        var (dialect, sql) = BarrierStatements.For(db.Database.GetDbConnection(), _dialect, _table);
        var transaction = await BarrierTransaction.BeginAsync(db, dialect, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
            return await ProducerQuery.HasCommittedAsync(transaction, dialect, sql, Gid, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> CallAsync(BarrierTransaction transaction, FatMessageSql sql, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            var entered = await _rows.EnterAsync(transaction, sql, cancellationToken).ConfigureAwait(false);
            if (entered)
                await work().ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            if (!entered)
                await transaction.ConfirmAsync(cancellationToken).ConfigureAwait(false);
            return entered;
        }
        catch
        {
            // Rolled back, or in doubt when it was the COMMIT: the request that repeats it finds out.
            _hasFailed = true;
            throw;
        }
    }

    private void RefuseAfterFailure()
    {
        if (_hasFailed)
            throw new InvalidOperationException("A call of this barrier has failed. Repeat all of them with a new FatBarrier: their numbers tell what has been done.");
    }

    private static (string Parameter, string Text)? Problem(string? transType, string? gid, string? branchId, string? op)
    {
        if (!IsVisible(transType, LongestName) || transType == "fat")
            return (nameof(transType), $"trans_type has to be 1 to {LongestName} visible ASCII characters, and not 'fat'.");
        if (!IsVisible(gid, LongestId))
            return (nameof(gid), $"gid has to be 1 to {LongestId} visible ASCII characters.");
        if (!IsVisible(branchId, LongestId))
            return (nameof(branchId), $"branch_id has to be 1 to {LongestId} visible ASCII characters.");
        return !IsVisible(op, LongestName) || op is "held" or FatBarrierSql.DecisionOp or FatBarrierSql.ForcedOp
            ? (nameof(op), $"op has to be 1 to {LongestName} visible ASCII characters, and none of Fat's own.")
            : null;
    }

    // Databases ignore trailing spaces, and replace what they cannot store.
    private static bool IsVisible([NotNullWhen(true)] string? value, int most) =>
        value is { Length: > 0 } && value.Length <= most && !value.AsSpan().ContainsAnyExceptInRange('!', '~');
}
