namespace Fat;

/// <summary>
/// The statements on messages in the barrier table of one database: the row of a message in its producer's, <c>(gid, '00', 'msg', '01')</c>, as DTM has it, and the
/// row that each branch leaves where it takes effect. Made by <see cref="FatDialect.Messages"/>; immutable, so thread-safe.
/// </summary>
/// <remarks>
/// The <c>reason</c> of a message's row is <c>msg:</c> and its service while it is under way, <c>done</c> when all its branches are consumed, and <c>rollback</c> when recovery was
/// first. Ages are counted by the database's clock.
/// </remarks>
public abstract class FatMessageSql
{
    /// <summary>The <c>reason</c> of a message whose producer was not in time.</summary>
    public const string RolledBack = "rollback";

    /// <summary>The <c>reason</c> of a message that has ended and whose id must not be used again yet.</summary>
    public const string Done = "done";

    /// <summary>
    /// A query that returns a row, whatever it holds, when <see cref="Create"/> is done. It is asked first, since to create an index waits for every open transaction on the table, even
    /// where there is one, and whoever comes later waits behind it.
    /// </summary>
    public abstract string Created { get; }

    /// <summary>
    /// Creates what the table needs besides (<see cref="FatBarrierSql.Create"/>): indexes, all or none. Other instances may do the same at the same time; it may fail because one was
    /// faster.
    /// </summary>
    public abstract string Create { get; }

    /// <summary>Inserts the row of a message, and fails when there is one: p1 the message, p2 the reason, p3 the payload.</summary>
    public abstract string Insert { get; }

    /// <summary>
    /// Inserts the row of a message whose id is the application's, or turns that of an attempt that was rolled back (<see cref="RolledBack"/>) into it, with the times of now: p1 the message, p2 the reason, p3 the payload.
    /// Affects no row, or fails as <see cref="Insert"/> does, when there is another one. By default nothing is turned.
    /// </summary>
    public virtual string InsertAgain => Insert;

    /// <summary>
    /// Turns the row of an attempt that was rolled back, where <see cref="InsertAgain"/> cannot, as that does; run behind its failure, in the same transaction. Affects no row when there is another one. Null when
    /// <see cref="InsertAgain"/> does it all.
    /// </summary>
    public virtual string? TakeOver => null;

    /// <summary>
    /// Inserts the row of a message with the reason <c>rollback</c>, unless there is one: p1 the message. It waits for the end of another transaction that has inserted one, no longer than
    /// <see cref="FatDialect.LockTimeout"/> allows.
    /// </summary>
    public abstract string RollBack { get; }

    /// <summary>The row of a message: p1 the message. Returns reason and payload.</summary>
    public abstract string Read { get; }

    /// <summary>
    /// Messages under way, in the order of their ids: p1 the reason, p2 the least age in seconds, p3 the message behind which to begin, p4 how many. Returns the message, and the age in seconds as a
    /// double.
    /// </summary>
    public abstract string List { get; }

    /// <summary>Changes the payload of a message that is under way: p1 the message, p2 the payload.</summary>
    public abstract string Change { get; }

    /// <summary>
    /// Changes reason and payload of a message that is under way, unless somebody else has changed it: p1 the message, p2 the payload that it has, p3 the new one, p4 the new reason. Affects one row or none.
    /// </summary>
    public abstract string Replace { get; }

    /// <summary>Inserts the row of a branch that takes effect, and affects one row, or none when it is there: p1 the kind of transaction, p2 the gid, p3 the branch, p4 the op, p5 the barrier id, p6 the reason.</summary>
    public abstract string Enter { get; }

    /// <summary>
    /// Deletes rows of messages that are over, but for those of open transactions, without waiting: p1 the least age in seconds since then, p2 how many, p3 the reason (<see cref="Done"/> or
    /// <see cref="RolledBack"/>). Affects as many rows as were deleted.
    /// </summary>
    public abstract string PurgeMessages { get; }

    /// <summary>
    /// Deletes rows of branches (<see cref="FatBarrier"/>), and of producers whose message DTM keeps, whose <c>reason</c> is <c>msg</c>; never those of Fat's own transactions. Rows of open
    /// transactions are left, without waiting: p1 the least age in seconds, p2 how many. Affects as many rows as were deleted.
    /// </summary>
    public abstract string PurgeBranches { get; }

    /// <summary>Deletes messages that have ended and are still told to be under way; none that is <c>done</c> or was rolled back.</summary>
    /// <param name="messages">The messages, one at least.</param>
    public abstract FatSqlStatement Delete(IReadOnlyList<string> messages);

    /// <summary>Turns messages that have ended and are still told to be under way to <c>done</c>, without their payload.</summary>
    /// <param name="messages">The messages, one at least.</param>
    public abstract FatSqlStatement End(IReadOnlyList<string> messages);
}
