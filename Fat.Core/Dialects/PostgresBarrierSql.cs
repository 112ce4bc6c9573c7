using System.Data.Common;

namespace Fat.Dialects;

/// <summary>The barrier table of PostgreSQL (rule S1: a group's decision is its row <c>(gid, 00, decision, 01)</c>).</summary>
internal sealed class PostgresBarrierSql(string table, string audit) : FatBarrierSql
{
    private const string Row = "branch_id = '00' AND barrier_id = '01'";
    private const string Decision = $"branch_id = '00' AND op = '{DecisionOp}' AND barrier_id = '01'";
    private const string Shown = "SELECT gid, op, reason, payload, create_time";

    private readonly string _commitMany =
        $"INSERT INTO {table} (trans_type, gid, branch_id, op, barrier_id, reason, payload, create_time) " +
        $"SELECT 'fat', g, '00', 'decision', '01', 'committed', b, {PostgresDialect.FlushedNow} FROM unnest(@p1::text[], @p2::text[]) AS t (g, b) " +
        "ON CONFLICT DO NOTHING RETURNING gid";

    private readonly string _deleteCommitted = $"DELETE FROM {table} WHERE gid = ANY (@p1) AND {Decision} AND reason = 'committed'";

    private readonly string _deleteRolledBack = $"DELETE FROM {table} WHERE gid = ANY (@p1) AND {Decision} AND reason = 'rolledback'";

    private readonly string _readMany = $"{Shown} FROM {table} WHERE gid = ANY (@p1) AND {Row} AND op IN ('{DecisionOp}', '{ForcedOp}')";

    // A key that is checked at the end of a transaction only, or of some of the rows, stops nobody in time.
    public override string Unfit { get; } =
        $"""
        SELECT CASE
          WHEN barrier.relpersistence <> 'p' THEN 'it is UNLOGGED or temporary, and a crash of the server empties it: ALTER TABLE {table} SET LOGGED.'
          WHEN NOT EXISTS (
            SELECT 1 FROM pg_index WHERE indrelid = barrier.oid AND indisunique AND indisvalid AND indimmediate AND indpred IS NULL AND indexprs IS NULL AND indnkeyatts = 4
            AND (SELECT array_agg(attname::text ORDER BY attname::text) FROM pg_attribute WHERE attrelid = barrier.oid AND attnum = ANY ((indkey::int2[])[0:3])) = ARRAY['barrier_id', 'branch_id', 'gid', 'op'])
          THEN 'it has no unique key of exactly gid, branch_id, op and barrier_id, so that a group could be decided twice: give it PRIMARY KEY (gid, branch_id, op, barrier_id), and no partitions by anything else.'
        END FROM pg_class barrier WHERE barrier.oid = to_regclass('{table.Replace("'", "''", StringComparison.Ordinal)}')
        """;

    public override string Create { get; } = SqlFile.Read("postgres-create", "{table}", table) + SqlFile.Read("postgres-create-audit", "{audit}", audit);

    // The time is that of the insert: now() would be when the root's transaction began.
    public override string Commit { get; } =
        $"INSERT INTO {table} (trans_type, gid, branch_id, op, barrier_id, reason, payload, create_time) " +
        $"VALUES ('fat', @p1, '00', 'decision', '01', 'committed', @p2, {PostgresDialect.FlushedNow})";

    public override string RollBack { get; } =
        $"INSERT INTO {table} (trans_type, gid, branch_id, op, barrier_id, reason, create_time) " +
        $"VALUES ('fat', @p1, '00', 'decision', '01', 'rolledback', {PostgresDialect.FlushedNow}) ON CONFLICT DO NOTHING";

    public override string Read { get; } = $"SELECT reason, payload FROM {table} WHERE gid = @p1 AND {Decision}";

    public override string ListCommitted { get; } =
        $"SELECT gid, payload, extract(epoch FROM now() - create_time)::float8 FROM {table} " +
        $"WHERE gid > @p2 AND {Decision} AND reason = 'committed' AND create_time < now() - make_interval(secs => @p1) ORDER BY gid LIMIT @p3";

    public override string ListRolledBack { get; } =
        $"SELECT gid FROM {table} WHERE {Decision} AND reason = 'rolledback' AND create_time < now() - make_interval(secs => @p1) LIMIT @p2";

    public override string ListEnded { get; } = $"{Shown} FROM {table} WHERE {Row} AND op = '{DecisionOp}' ORDER BY create_time DESC, gid DESC LIMIT @p1";

    public override string Force { get; } =
        $"INSERT INTO {table} (trans_type, gid, branch_id, op, barrier_id, reason, payload, create_time) " +
        $"VALUES ('fat', @p1, '00', @p2, '01', @p3, NULLIF(@p4, ''), {PostgresDialect.FlushedNow}) ON CONFLICT DO NOTHING";

    public override string Overrule { get; } =
        $"UPDATE {table} SET reason = @p2, payload = NULLIF(@p3, ''), update_time = clock_timestamp() WHERE gid = @p1 AND {Row} AND op = '{ForcedOp}'; " +
        $"UPDATE {audit} SET effect = 'none', standing = @p2, branches = NULLIF(@p3, '') WHERE gid = @p1 AND decision IN ('committed', 'rolledback')";

    public override string Record { get; } =
        $"INSERT INTO {audit} (gid, decision, effect, standing, branches, who, why, instance, create_time) " +
        "VALUES (@p1, @p2, @p3, @p4, NULLIF(@p5, ''), @p6, @p7, @p8, clock_timestamp())";

    public override string ListRecords { get; } =
        $"SELECT gid, decision, effect, standing, branches, who, why, instance, create_time FROM {audit} " +
        "WHERE (@p1 = '' OR gid = @p1) AND decision IN ('committed', 'rolledback') ORDER BY id DESC LIMIT @p2";

    public override string ListAudit { get; } =
        $"SELECT gid, decision, effect, who, why, instance, create_time FROM {audit} WHERE (@p1 = '' OR gid = @p1) ORDER BY id DESC LIMIT @p2";

    public override FatSqlStatement CommitMany(IReadOnlyList<string> groups, IReadOnlyList<string> branches) =>
        new(_commitMany, [groups.ToArray(), branches.ToArray()]);

    public override FatSqlStatement DeleteCommitted(IReadOnlyList<string> groups) => new(_deleteCommitted, [groups.ToArray()]);

    public override FatSqlStatement DeleteRolledBack(IReadOnlyList<string> groups) => new(_deleteRolledBack, [groups.ToArray()]);

    public override FatSqlStatement ReadMany(IReadOnlyList<string> groups) => new(_readMany, [groups.ToArray()]);

    // The message names the constraint, which begins with the table's name without its schema, or has the name by which clients of DTM ask for it.
    public override bool IsDecided(DbException exception) =>
        PostgresDialect.Instance.IsDuplicateKey(exception)
        && (exception.Message.Contains(table[(table.LastIndexOf('.') + 1)..].Trim('"'), StringComparison.OrdinalIgnoreCase) || exception.Message.Contains("uniq_barrier", StringComparison.Ordinal));
}
