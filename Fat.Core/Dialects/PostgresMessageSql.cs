namespace Fat.Dialects;

/// <summary>Messages in the barrier table of PostgreSQL: a message is the row <c>(gid, 00, msg, 01)</c>.</summary>
internal sealed class PostgresMessageSql(string table) : FatMessageSql
{
    private const string Message = "branch_id = '00' AND op = 'msg' AND barrier_id = '01'";
    private const string UnderWay = $"{Message} AND reason LIKE 'msg:%'";

    // Not by the index of messages: until the table is analysed the server takes that for tiny, reads all of it, and compares each entry with each id.
    private const string ByKey = "branch_id = '00' AND op || '' = 'msg' AND barrier_id = '01' AND reason LIKE 'msg:%'";

    private const string OfBranch = "(branch_id <> '00' OR reason = 'msg') AND trans_type <> 'fat' AND op NOT IN ('held', 'decision', 'forced')";
    private const string Then = "now() - make_interval(secs => @p1)";
    private const string Columns = "(trans_type, gid, branch_id, op, barrier_id, reason, payload, create_time, update_time)";

    private readonly string _delete = $"DELETE FROM {table} WHERE gid = ANY (@p1) AND {ByKey}";

    private readonly string _end = $"UPDATE {table} SET reason = '{Done}', payload = NULL, update_time = clock_timestamp() WHERE gid = ANY (@p1) AND {ByKey}";

    public override string Created { get; } =
        "SELECT 1 FROM pg_index JOIN pg_class ON pg_class.oid = pg_index.indexrelid " +
        $"WHERE pg_index.indrelid = to_regclass('{table.Replace("'", "''", StringComparison.Ordinal)}') AND pg_class.relname = '{Index(table)}_age'";

    public override string Create { get; } = SqlFile.Read("postgres-create-messages", "{table}", table).Replace("{index}", Index(table), StringComparison.Ordinal);

    // The times are those of the insert: now() would be when the producer's transaction began.
    public override string Insert { get; } =
        $"INSERT INTO {table} {Columns} VALUES ('msg', @p1, '00', 'msg', '01', @p2, @p3, {PostgresDialect.FlushedNow}, clock_timestamp())";

    // Without a name of the constraint, which DTM's table has another one of.
    public override string InsertAgain { get; } =
        $"INSERT INTO {table} AS earlier {Columns} VALUES ('msg', @p1, '00', 'msg', '01', @p2, @p3, {PostgresDialect.FlushedNow}, clock_timestamp()) " +
        "ON CONFLICT (gid, branch_id, op, barrier_id) DO UPDATE SET reason = excluded.reason, payload = excluded.payload, create_time = excluded.create_time, update_time = excluded.update_time " +
        $"WHERE earlier.reason = '{RolledBack}'";

    public override string RollBack { get; } =
        $"INSERT INTO {table} {Columns} VALUES ('msg', @p1, '00', 'msg', '01', '{RolledBack}', NULL, {PostgresDialect.FlushedNow}, clock_timestamp()) ON CONFLICT DO NOTHING";

    public override string Read { get; } = $"SELECT reason, payload FROM {table} WHERE gid = @p1 AND {Message}";

    public override string List { get; } =
        $"SELECT gid, extract(epoch FROM now() - create_time)::float8 FROM {table} " +
        $"WHERE reason = @p1 AND gid > @p3 AND {Message} AND create_time < now() - make_interval(secs => @p2) ORDER BY gid LIMIT @p4";

    public override string Change { get; } = $"UPDATE {table} SET payload = @p2, update_time = {PostgresDialect.FlushedNow} WHERE gid = @p1 AND {UnderWay}";

    public override string Replace { get; } =
        $"UPDATE {table} SET reason = @p4, payload = @p3, update_time = {PostgresDialect.FlushedNow} WHERE gid = @p1 AND payload = @p2 AND {UnderWay}";

    // With the times, which DTM's own table has no defaults for: a row without them is never purged. And without the payload, which that one may not have.
    public override string Enter { get; } =
        $"INSERT INTO {table} (trans_type, gid, branch_id, op, barrier_id, reason, create_time, update_time) " +
        $"VALUES (@p1, @p2, @p3, @p4, @p5, @p6, {PostgresDialect.FlushedNow}, clock_timestamp()) ON CONFLICT DO NOTHING";

    // No row is created after it was updated: the index on the one time bounds the search for the other.
    public override string PurgeMessages { get; } = Purge(table, $"create_time < {Then} AND update_time < {Then} AND {Message} AND reason = @p3");

    public override string PurgeBranches { get; } = Purge(table, $"create_time < {Then} AND {OfBranch}");

    public override FatSqlStatement Delete(IReadOnlyList<string> messages) => new(_delete, [messages.ToArray()]);

    public override FatSqlStatement End(IReadOnlyList<string> messages) => new(_end, [messages.ToArray()]);

    private static string Purge(string table, string old) =>
        $"DELETE FROM {table} WHERE ctid = ANY (ARRAY (SELECT ctid FROM {table} WHERE {old} LIMIT @p2 FOR UPDATE SKIP LOCKED))";

    /// <summary>How the names of its indexes begin: they are unique within their schema and have 63 characters at most.</summary>
    private static string Index(string table)
    {
        var name = table[(table.LastIndexOf('.') + 1)..].Trim('"');
        return name[..Math.Min(name.Length, 59)];
    }
}
