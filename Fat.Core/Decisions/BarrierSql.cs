namespace Fat.Decisions;

/// <summary>The statements on one barrier table (rule S1: a group's decision is its row <c>(gid, 00, decision, 01)</c>).</summary>
internal sealed class BarrierSql(string table, string audit)
{
    private const string Decision = "branch_id = '00' AND op = 'decision' AND barrier_id = '01'";

    /// <summary>The barrier table, and beside it the one in which forced decisions are recorded.</summary>
    public string Create { get; } = Resource("postgres-create").Replace("{table}", table, StringComparison.Ordinal) +
        Resource("postgres-create-audit").Replace("{audit}", audit, StringComparison.Ordinal);

    /// <summary>
    /// In the root's own transaction: p1 the group, p2 the branches. A row that is already there makes it fail. Its age counts
    /// from now, not from when that transaction began.
    /// </summary>
    public string Commit { get; } =
        $"INSERT INTO {table} (trans_type, gid, branch_id, op, barrier_id, reason, payload, create_time) " +
        "VALUES ('fat', @p1, '00', 'decision', '01', 'committed', @p2, clock_timestamp())";

    /// <summary>Many at once: p1 the groups, p2 their branches. Returns the groups whose row was written.</summary>
    public string CommitMany { get; } =
        $"INSERT INTO {table} (trans_type, gid, branch_id, op, barrier_id, reason, payload) " +
        "SELECT 'fat', g, '00', 'decision', '01', 'committed', b FROM unnest(@p1::text[], @p2::text[]) AS t (g, b) " +
        "ON CONFLICT DO NOTHING RETURNING gid";

    /// <summary>Rule S5, first half: p1 the group.</summary>
    public string RollBack { get; } =
        $"INSERT INTO {table} (trans_type, gid, branch_id, op, barrier_id, reason) VALUES ('fat', @p1, '00', 'decision', '01', 'rolledback') ON CONFLICT DO NOTHING";

    /// <summary>Rule S5, second half: p1 the group.</summary>
    public string Read { get; } = $"SELECT reason, payload FROM {table} WHERE gid = @p1 AND {Decision}";

    /// <summary>
    /// Commit decisions that are old enough to have been obeyed, in the order of their groups: p1 the age in seconds, p2 the group
    /// behind which to begin, p3 how many. Returns the group, its branches, and the age in seconds.
    /// </summary>
    public string ListCommitted { get; } =
        $"SELECT gid, payload, extract(epoch FROM now() - create_time)::float8 FROM {table} " +
        $"WHERE gid > @p2 AND {Decision} AND reason = 'committed' AND create_time < now() - make_interval(secs => @p1) ORDER BY gid LIMIT @p3";

    /// <summary>Rule S7: p1 the groups whose branches have all acknowledged.</summary>
    public string DeleteCommitted { get; } = $"DELETE FROM {table} WHERE gid = ANY (@p1) AND {Decision} AND reason = 'committed'";

    /// <summary>Rule S7: p1 the longest possible transaction lifetime in seconds.</summary>
    public string DeleteRolledBack { get; } =
        $"DELETE FROM {table} WHERE {Decision} AND reason = 'rolledback' AND create_time < now() - make_interval(secs => @p1)";

    private static string Resource(string name)
    {
        using var stream = typeof(BarrierSql).Assembly.GetManifestResourceStream($"Fat.Sql.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
