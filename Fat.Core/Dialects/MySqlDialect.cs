using System.Data;
using System.Data.Common;
using System.Globalization;

namespace Fat.Dialects;

/// <summary>
/// MySQL 8 and MariaDB 10.6 through MySqlConnector or MySql.Data: branches are held, decisions are rows of a barrier table.
/// </summary>
internal sealed class MySqlDialect : FatDialect
{
    /// <summary>
    /// A deadlock rolls the whole transaction back and lets the session go on, and some statements commit implicitly; the savepoint is gone
    /// then, so releasing it fails. It is set again, so that it can be asked for more than once.
    /// </summary>
    public const string StillBegun = "RELEASE SAVEPOINT fat_begun; SAVEPOINT fat_begun";

    private MySqlDialect()
    {
    }

    public static MySqlDialect Instance { get; } = new();

    public override string Product => "MySQL or MariaDB";

    public override string FailsIfFailed => StillBegun;

    // Nothing tells a replica from its primary for every user, but a replica is read-only, as is a primary that is about to be one. MariaDB 12 answers with a word.
    public override string IsStandby => "SELECT @@global.read_only NOT IN ('0', 'OFF')";

    // Value 3 is MariaDB's, and flushes more than 1. What the log of a machine that failed has prepared is committed only if the binary log has it as well.
    public override string LosesCommits { get; } =
        """
        SELECT CASE
          WHEN @@global.innodb_flush_log_at_trx_commit NOT IN (1, 3) THEN CONCAT('innodb_flush_log_at_trx_commit is ', @@global.innodb_flush_log_at_trx_commit, ': set it to 1.')
          WHEN @@global.log_bin = 1 AND @@global.sync_binlog <> 1 THEN CONCAT('log_bin is on and sync_binlog is ', @@global.sync_binlog, ': set it to 1.')
        END
        """;

    public override string Begin(FatTransactionStart start) => string.Join("; ", BeginStatements(start));

    public override string LockTimeout(TimeSpan wait) => $"SET SESSION {LockSettings(wait)}";

    // A ROLLBACK first: switching autocommit on commits what is open.
    public override string End => "ROLLBACK; SET SESSION innodb_lock_wait_timeout = DEFAULT, lock_wait_timeout = DEFAULT, autocommit = 1";

    // The server tells nobody reliably what a transaction has written (information_schema.innodb_trx is a copy, and old while others keep reading it), so only
    // one that could not write is known to have written nothing.
    public override string? HasWritten(FatTransactionStart start) => IsReadOnly(start) ? "SELECT FALSE" : null;

    public override Task<string?> PrepareProblemAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<string?>("Fat does not prepare transactions of MySQL and MariaDB (docs/databases.md says why).");

    public override FatBarrierSql Barrier(string table, string auditTable) => new MySqlBarrierSql(table, auditTable);

    public override FatJournalSql Journal(string table, string barrierTable) => new MySqlJournalSql(table, barrierTable);

    public override FatMessageSql Messages(string table) => new MySqlMessageSql(table);

    public override DbConnection? Reserved(DbConnection connection) =>
        UnpooledConnection.Like(connection, ("Pooling", "false"), ("AutoEnlist", "false"));

    public override bool IsRefusal(DbException exception) => MySqlErrors.IsRefusal(exception);

    public override bool IsDuplicateKey(DbException exception) => MySqlErrors.Number(exception) == MySqlErrors.Duplicate;

    public override bool IsLockTimeout(DbException exception) => MySqlErrors.Number(exception) == MySqlErrors.LockTimeout;

    public override string? Advice(DbException exception) => MySqlErrors.Number(exception) switch
    {
        MySqlErrors.Deadlock => "Nothing of the group is kept; its caller can repeat the whole group.",
        MySqlErrors.TooManyConnections or MySqlErrors.TooManyConnectionsOfUser =>
            "Raise the server's max_connections, or lower Maximum Pool Size in the connection strings of its clients.",
        MySqlErrors.ServerIsReadOnly => "The server takes no writes: connect to the primary.",
        MySqlErrors.NoSuchSavepoint =>
            "The transaction was ended before its method: by a deadlock whose error the method has swallowed, or by a statement that commits implicitly, such as CREATE TABLE.",
        MySqlErrors.StatementLogging => "Set the server's binlog_format to ROW or MIXED.",
        MySqlErrors.TransactionIsReadOnly => "Remove ReadOnly from the method's [FatTransaction].",
        _ => null,
    };

    // A wrapper around a connection, such as a profiler's, does not tell the driver.
    internal override bool EnlistsByThread(DbConnection connection) => connection.GetType().FullName != "MySqlConnector.MySqlConnection";

    internal override IsolationLevel DefaultIsolation => IsolationLevel.RepeatableRead;

    private static IEnumerable<string> BeginStatements(FatTransactionStart start)
    {
        if (IsReadOnly(start))
        {
            // What the driver has begun is still empty; read-only is only settable with the beginning.
            yield return "COMMIT";
            if (Level(start.Isolation) is { } level)
                yield return $"SET TRANSACTION ISOLATION LEVEL {level}";
            yield return start.Isolation == IsolationLevel.Snapshot ? "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY" : "START TRANSACTION READ ONLY";
        }

        if (string.Join(", ", Settings(start)) is { Length: > 0 } settings)
            yield return $"SET SESSION {settings}";
        yield return "SAVEPOINT fat_begun";
    }

    private static IEnumerable<string> Settings(FatTransactionStart start)
    {
        if (start.LockTimeout is { } wait)
            yield return LockSettings(wait);

        // What is written behind a swallowed deadlock must not commit by itself. Only where End puts it back: in a pool it would be a trap.
        if (start.Enlistment == FatEnlistment.Direct)
            yield return "autocommit = 0";
    }

    /// <summary>An enlisted connection may have begun an XA transaction, which cannot be begun again.</summary>
    private static bool IsReadOnly(FatTransactionStart start) => start is { ReadOnly: true, Enlistment: FatEnlistment.Direct };

    /// <summary>Rows, and the tables themselves while somebody changes them.</summary>
    private static string LockSettings(TimeSpan wait)
    {
        var seconds = Math.Max(1, (long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return $"innodb_lock_wait_timeout = {seconds}, lock_wait_timeout = {seconds}";
    }

    private static string? Level(IsolationLevel isolation) => isolation switch
    {
        IsolationLevel.ReadUncommitted => "READ UNCOMMITTED",
        IsolationLevel.ReadCommitted => "READ COMMITTED",
        IsolationLevel.RepeatableRead or IsolationLevel.Snapshot => "REPEATABLE READ",
        IsolationLevel.Serializable => "SERIALIZABLE",
        _ => null,
    };
}
