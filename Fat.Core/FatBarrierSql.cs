using System.Data.Common;

namespace Fat;

/// <summary>
/// The statements on the barrier table of one database, whose unique key makes the first decision about a group final, and on the audit
/// table beside it. Made by <see cref="FatDialect.Barrier"/>; immutable, so thread-safe.
/// </summary>
/// <remarks>
/// A decision is the row <c>(gid, '00', 'decision', '01')</c>: its <c>reason</c> is <c>committed</c> or <c>rolledback</c>, its <c>payload</c>
/// the branches that it commits, a text of any length. Ages are counted by the database's clock. Every text is one command; what it holds
/// beside the statement that is described must not be able to fail once that one is committed.
/// </remarks>
public abstract class FatBarrierSql
{
    /// <summary>The <c>op</c> of a decision.</summary>
    public const string DecisionOp = "decision";

    /// <summary>The <c>op</c> of a decision that an operator forced in a participant's database, because the decision database is gone.</summary>
    public const string ForcedOp = "forced";

    /// <summary>
    /// A query for one text: why the barrier table that is there must not be used, and what to change; null when it may, or is missing. Without its unique key over
    /// <c>gid, branch_id, op, barrier_id</c> a group could be decided twice, and without a log a crash of the server empties it. Default: null, for a product that is not asked.
    /// </summary>
    public virtual string? Unfit => null;

    /// <summary>Creates both tables where they are missing. Other instances may do the same at the same time.</summary>
    public abstract string Create { get; }

    /// <summary>
    /// Inserts <c>committed</c>, in the root's own transaction, and fails when there is a decision: p1 the group, p2 the branches. The age
    /// counts from now, not from when the transaction began. It also fails when the server has given the transaction up before
    /// (<see cref="FatDialect.FailsIfFailed"/>). A COMMIT is sent behind it in the same command, and must not run when it fails.
    /// </summary>
    public abstract string Commit { get; }

    /// <summary>
    /// Inserts <c>rolledback</c>, unless there is a decision: p1 the group. It waits for the end of another transaction that has inserted the
    /// decision, no longer than <see cref="FatDialect.LockTimeout"/> allows.
    /// </summary>
    public abstract string RollBack { get; }

    /// <summary>The decision of a group: p1 the group. Returns reason and payload.</summary>
    public abstract string Read { get; }

    /// <summary>
    /// Commit decisions of at least an age, in the order of their groups: p1 the age in seconds, p2 the group behind which to begin, p3 how
    /// many. Returns group, payload, and the age in seconds as a double.
    /// </summary>
    public abstract string ListCommitted { get; }

    /// <summary>Roll backs of at least an age, without waiting for anybody's open transaction: p1 the age in seconds, p2 how many. Returns the groups.</summary>
    public abstract string ListRolledBack { get; }

    /// <summary>Decisions of groups, newest first: p1 how many. Returns as <see cref="ReadMany"/>.</summary>
    public abstract string ListEnded { get; }

    /// <summary>
    /// Inserts a row unless it is there, and affects one row if it did, else none: p1 the group, p2 the op, p3 the reason, p4 the payload,
    /// where an empty text stands for null.
    /// </summary>
    public abstract string Force { get; }

    /// <summary>
    /// Changes the forced row of a group, and the records of its forced decisions to the effect <c>none</c>: p1 the group, p2 the decision that stands, p3 the branches
    /// that it commits, where an empty text stands for null.
    /// </summary>
    public abstract string Overrule { get; }

    /// <summary>
    /// Inserts an audit record: p1 the group, p2 the decision asked for, p3 the effect (<c>decided</c> or <c>none</c>), p4 the decision that
    /// stands, p5 the branches that it commits, where an empty text stands for null, p6 who, p7 why, p8 the instance.
    /// </summary>
    public abstract string Record { get; }

    /// <summary>
    /// Audit records of decisions, newest first; operators' doings about lost branches stand in the table as well: p1 the group, or an empty text for all, p2 how many. Returns group, decision, effect, standing, branches,
    /// who, why, instance, and when (UTC).
    /// </summary>
    public abstract string ListRecords { get; }

    /// <summary>
    /// Every record of the audit table, newest first: p1 the group or message, or an empty text for all, p2 how many. Returns group or message, what was done
    /// (where a decision stands otherwise), effect, who, why, instance, and when (UTC).
    /// </summary>
    public abstract string ListAudit { get; }

    /// <summary>
    /// Inserts <c>committed</c> for many groups in a transaction of its own, leaving out those that have a decision. Returns the groups whose
    /// decision is now the given one. When it fails nothing is committed.
    /// </summary>
    /// <param name="groups">The groups, at most 64.</param>
    /// <param name="branches">The payload of each.</param>
    public abstract FatSqlStatement CommitMany(IReadOnlyList<string> groups, IReadOnlyList<string> branches);

    /// <summary>Deletes the commit decisions of groups.</summary>
    /// <param name="groups">The groups, one at least.</param>
    public abstract FatSqlStatement DeleteCommitted(IReadOnlyList<string> groups);

    /// <summary>Deletes the roll backs of groups.</summary>
    /// <param name="groups">The groups, one at least.</param>
    public abstract FatSqlStatement DeleteRolledBack(IReadOnlyList<string> groups);

    /// <summary>The decisions of groups, made and forced. Returns group, op, reason, payload, and when (UTC).</summary>
    /// <param name="groups">The groups, one at least.</param>
    public abstract FatSqlStatement ReadMany(IReadOnlyList<string> groups);

    /// <summary>
    /// Whether <see cref="Commit"/> failed because the group has a decision, and not by a key of the application's own. Only the reason that
    /// people read depends on it.
    /// </summary>
    /// <param name="exception">What the driver threw.</param>
    public abstract bool IsDecided(DbException exception);
}
