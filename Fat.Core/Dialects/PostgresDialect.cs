using System.Data;
using System.Data.Common;
using System.Globalization;

namespace Fat.Dialects;

/// <summary>PostgreSQL through Npgsql.</summary>
internal sealed class PostgresDialect : FatDialect
{
    /// <summary>
    /// The time when the statement runs, in a statement on whose COMMIT others rely: with synchronous_commit off, a crash of the server could take that back, so it is turned on until then. All other values keep it, and are left to
    /// whoever has set them. PREPARE TRANSACTION and COMMIT PREPARED are flushed whatever it says. An expression that has a value anyway, since another one, or RETURNING, costs the server some 10 µs more.
    /// </summary>
    public const string FlushedNow = $"CASE WHEN {Flush} THEN clock_timestamp() END";

    /// <summary>Does that, and is true.</summary>
    public const string Flush = "current_setting('synchronous_commit') <> 'off' OR set_config('synchronous_commit', 'on', true) = 'on'";

    /// <summary>Only a transaction that writes waits for standbys: this is the least that can be written, and no row of any table.</summary>
    private const string Confirm = $"SELECT pg_logical_emit_message(true, 'fat', ''::text) WHERE current_setting('synchronous_standby_names') <> '' AND ({Flush})";

    private const string ReadOnly = "SET TRANSACTION READ ONLY";

    private PostgresDialect()
    {
    }

    public static PostgresDialect Instance { get; } = new();

    public override string Product => "PostgreSQL";

    // A transaction gets its id with its first write or row lock.
    public override string HasWritten(FatTransactionStart start) => "SELECT txid_current_if_assigned() IS NOT NULL";

    // Deferred constraints are otherwise looked at by COMMIT, which comes too late for a branch that has voted. A transaction that has failed refuses any statement.
    public override string FailsIfFailed => "SET CONSTRAINTS ALL IMMEDIATE";

    // What is prepared there pg_prepared_xacts does not show before the promotion.
    public override string IsStandby => "SELECT pg_is_in_recovery()";

    // On on a standby too.
    public override string TakesNoWrites => "SELECT current_setting('transaction_read_only')::bool";

    // With SQLSTATE 40001, when others that committed meanwhile read and wrote the same. PREPARE TRANSACTION looks at that itself. A method can have set the level by a statement of its own.
    internal override string MayRefuseCommit => "SELECT current_setting('transaction_isolation') = 'serializable'";

    internal override IDisposable? OnUnreplicated(DbConnection connection, Action heard) => StandbyNotices.Of(connection, heard);

    internal override async Task ConfirmCommitsAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = Confirm;
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (DbException unknown) when (unknown.SqlState is "42704" or "42883")
            {
                // Committed: a server that is only compatible does not know the setting or the function, nor such standbys.
            }
        }
    }

    public override async Task<string?> PrepareProblemAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = "SELECT current_setting('max_prepared_transactions')::int";
            var most = (int)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
            return most > 0
                ? null
                : "max_prepared_transactions is 0: set it in postgresql.conf to at least the number of branches that may be in doubt at once (such as max_connections) and restart PostgreSQL.";
        }
    }

    public override string? Begin(FatTransactionStart start)
    {
        var locks = start.LockTimeout is { } wait ? LockTimeout(wait) : null;
        var mark = start.Mark is { } text ? $"SET LOCAL application_name = '{text}'" : null;
        var statements = string.Join("; ", new[] { locks, mark, start.ReadOnly ? ReadOnly : null }.Where(statement => statement is not null));
        return statements.Length > 0 ? statements : null;
    }

    public override string LockTimeout(TimeSpan wait) =>
        $"SET LOCAL lock_timeout = {Math.Max(1, (long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}";

    public override string Prepare(string name) => $"PREPARE TRANSACTION '{name}'";

    public override string CommitPrepared(string name) => $"COMMIT PREPARED '{name}'";

    public override string RollBackPrepared(string name) => $"ROLLBACK PREPARED '{name}'";

    public override string ListInDoubt(string prefix) =>
        "SELECT gid, extract(epoch FROM clock_timestamp() - prepared)::float8 FROM pg_prepared_xacts " +
        $"WHERE database = current_database() AND gid LIKE '{prefix}%' ORDER BY prepared";

    public override FatBarrierSql Barrier(string table, string auditTable) => new PostgresBarrierSql(table, auditTable);

    public override FatJournalSql Journal(string table, string barrierTable) => new PostgresJournalSql(table, barrierTable);

    public override FatMessageSql Messages(string table) => new PostgresMessageSql(table);

    public override bool IsUnknownPrepared(DbException exception) => exception.SqlState == "42704";

    // A session that dies (FATAL), or a server (PANIC), may have written the commit already: when it is told to go (57P01 to 57P03), when its disk fails (58, at the flush), when a proxy in between has lost it (XX000 from
    // Pgpool-II). What ends a session that is idle in its transaction (25P03, 25P04) never does, nor what refuses a connection.
    // The driver itself sends nothing over a connection on which a reader is still open.
    public override bool IsRefusal(DbException exception) =>
        exception.GetType().Name == "NpgsqlOperationInProgressException"
        || (exception.SqlState is { Length: 5 } state && state[..2] is not ("08" or "58" or "F0" or "XX") && !state.StartsWith("57P", StringComparison.Ordinal)
        && Severity(exception) switch { "PANIC" => false, "FATAL" => state[..2] is "25" or "28" or "3D" or "53", _ => true });

    public override bool IsDuplicateKey(DbException exception) => exception.SqlState == "23505";

    public override bool IsLockTimeout(DbException exception) => exception.SqlState == "55P03";

    // Npgsql's own property: the server told it when the connection was opened.
    public override string? Session(DbConnection connection) =>
        connection.GetType().GetProperty("ProcessID")?.GetValue(connection) is int session ? session.ToString(CultureInfo.InvariantCulture) : null;

    // The first in the queue for a row waits for its holder's transaction, the others wait for the first.
    public override string LockHolders { get; } =
        """
        WITH RECURSIVE waits(pid) AS (
          SELECT @p1::int
          UNION
          SELECT first.pid FROM waits
          JOIN pg_locks wanted ON wanted.pid = waits.pid AND NOT wanted.granted AND wanted.locktype = 'tuple'
          JOIN pg_locks first ON first.granted AND first.locktype = 'tuple' AND first.database = wanted.database
            AND first.relation = wanted.relation AND first.page = wanted.page AND first.tuple = wanted.tuple)
        SELECT prepared.gid, session.pid::text, session.application_name FROM waits
        JOIN pg_locks wanted ON wanted.pid = waits.pid AND NOT wanted.granted AND wanted.locktype = 'transactionid'
        LEFT JOIN pg_prepared_xacts prepared ON prepared.transaction = wanted.transactionid
        LEFT JOIN pg_stat_activity session ON session.backend_xid = wanted.transactionid
        WHERE prepared.gid IS NOT NULL OR session.pid IS NOT NULL
        """;

    public override string? Advice(DbException exception) => exception.SqlState switch
    {
        "40001" or "40P01" => "Nothing of the group is kept; its caller can repeat the whole group.",
        "25006" => "Remove ReadOnly from the [FatTransaction] of the method that begins the transaction, turn default_transaction_read_only off, or connect to the primary.",
        "53300" => "Raise the server's max_connections, or lower Maximum Pool Size in the connection strings of its clients.",
        _ => exception.Data["Hint"] as string,
    };

    // Npgsql refuses Multiplexing without a pool, and its later versions do not know the word.
    public override DbConnection? Reserved(DbConnection connection) =>
        UnpooledConnection.Like(connection, ("Pooling", "false"), ("Multiplexing", null), ("Enlist", "false"), ("Application Name", "fat-recovery"));

    // Npgsql's own property, in the server's English whatever its language.
    private static string? Severity(DbException exception) => exception.GetType().GetProperty("InvariantSeverity")?.GetValue(exception) as string;

    // Npgsql's own property: a synchronisation point behind each command, which COMMIT PREPARED needs.
    public override bool MakeIndependent(DbBatch batch)
    {
        var property = batch.GetType().GetProperty("EnableErrorBarriers");
        property?.SetValue(batch, true);
        return property is not null;
    }
}
