using System.Data.Common;
using System.Globalization;

namespace Fat.Dialects;

/// <summary>
/// The barrier table of MySQL and MariaDB (rule S1). The times are stored in UTC, since a <c>datetime</c> knows no time zone. What needs two
/// statements is a transaction of its own, so that a refused one leaves nothing.
/// </summary>
internal sealed class MySqlBarrierSql(string table, string audit) : FatBarrierSql
{
    private const string Row = "branch_id = '00' AND barrier_id = '01'";
    private const string Decision = $"branch_id = '00' AND op = '{DecisionOp}' AND barrier_id = '01'";
    private const string Shown = "SELECT gid, op, reason, payload, create_time";
    private const string Now = "UTC_TIMESTAMP(6)";
    private const string Old = $"create_time < DATE_SUB({Now}, INTERVAL CAST(@p1 * 1000000 AS SIGNED) MICROSECOND)";
    private const string Columns = "(trans_type, gid, branch_id, op, barrier_id, reason, payload, create_time, update_time)";

    public override string Unfit { get; } =
        $"""
        SELECT CASE
          WHEN NOT EXISTS (SELECT 1 FROM information_schema.engines WHERE engine = barrier.engine AND transactions = 'YES')
          THEN CONCAT('its engine ', COALESCE(barrier.engine, 'is unknown and'), ' knows no transactions: ALTER TABLE {table} ENGINE = InnoDB.')
          WHEN NOT EXISTS (
            SELECT index_name FROM information_schema.statistics WHERE table_schema = barrier.table_schema AND table_name = barrier.table_name AND non_unique = 0
            GROUP BY index_name HAVING GROUP_CONCAT(column_name ORDER BY column_name) = 'barrier_id,branch_id,gid,op' AND MAX(sub_part) IS NULL)
          THEN 'it has no unique key of exactly gid, branch_id, op and barrier_id, so that a group could be decided twice: give it PRIMARY KEY (gid, branch_id, op, barrier_id).'
        END FROM information_schema.tables barrier WHERE barrier.table_schema = {Schema(table)} AND barrier.table_name = {Quoted(table[(table.LastIndexOf('.') + 1)..])}
        """;

    public override string Create { get; } = SqlFile.Read("mysql-create", "{table}", table) + SqlFile.Read("mysql-create-audit", "{audit}", audit);

    public override string Commit { get; } =
        $"{MySqlDialect.StillBegun}; INSERT INTO {table} {Columns} VALUES ('fat', @p1, '00', 'decision', '01', 'committed', @p2, {Now}, {Now})";

    public override string RollBack { get; } =
        $"INSERT IGNORE INTO {table} {Columns} VALUES ('fat', @p1, '00', 'decision', '01', 'rolledback', NULL, {Now}, {Now})";

    public override string Read { get; } = $"SELECT reason, payload FROM {table} WHERE gid = @p1 AND {Decision}";

    public override string ListCommitted { get; } =
        $"SELECT gid, payload, TIMESTAMPDIFF(MICROSECOND, create_time, {Now}) / 1000000e0 FROM {table} " +
        $"WHERE gid > @p2 AND {Decision} AND reason = 'committed' AND {Old} ORDER BY gid LIMIT @p3";

    public override string ListRolledBack { get; } = $"SELECT gid FROM {table} WHERE {Decision} AND reason = 'rolledback' AND {Old} LIMIT @p2";

    public override string ListEnded { get; } = $"{Shown} FROM {table} WHERE {Row} AND op = '{DecisionOp}' ORDER BY create_time DESC, gid DESC LIMIT @p1";

    public override string Force { get; } =
        $"INSERT IGNORE INTO {table} {Columns} VALUES ('fat', @p1, '00', @p2, '01', @p3, NULLIF(@p4, ''), {Now}, {Now})";

    public override string Overrule { get; } =
        $"START TRANSACTION; UPDATE {table} SET reason = @p2, payload = NULLIF(@p3, ''), update_time = {Now} WHERE gid = @p1 AND {Row} AND op = '{ForcedOp}'; " +
        $"UPDATE {audit} SET effect = 'none', standing = @p2, branches = NULLIF(@p3, '') WHERE gid = @p1 AND decision IN ('committed', 'rolledback'); COMMIT";

    public override string Record { get; } =
        $"INSERT INTO {audit} (gid, decision, effect, standing, branches, who, why, instance, create_time) " +
        $"VALUES (@p1, @p2, @p3, @p4, NULLIF(@p5, ''), @p6, @p7, @p8, {Now})";

    public override string ListRecords { get; } =
        $"SELECT gid, decision, effect, standing, branches, who, why, instance, create_time FROM {audit} " +
        "WHERE (@p1 = '' OR gid = @p1) AND decision IN ('committed', 'rolledback') ORDER BY id DESC LIMIT @p2";

    public override string ListAudit { get; } =
        $"SELECT gid, decision, effect, who, why, instance, create_time FROM {audit} WHERE (@p1 = '' OR gid = @p1) ORDER BY id DESC LIMIT @p2";

    // MySQL has no RETURNING: what is there afterwards, and is what was to be written, tells.
    public override FatSqlStatement CommitMany(IReadOnlyList<string> groups, IReadOnlyList<string> branches)
    {
        var numbers = Enumerable.Range(0, groups.Count).Select(at => (Group: Name(2 * at), Branches: Name((2 * at) + 1))).ToList();
        var rows = string.Join(", ", numbers.Select(row => $"('fat', {row.Group}, '00', 'decision', '01', 'committed', {row.Branches}, {Now}, {Now})"));
        var written = string.Join(" OR ", numbers.Select(row => $"(gid = {row.Group} AND payload = {row.Branches})"));
        return new FatSqlStatement(
            $"START TRANSACTION; INSERT IGNORE INTO {table} {Columns} VALUES {rows}; SELECT gid FROM {table} WHERE {Decision} AND reason = 'committed' AND ({written}); COMMIT",
            [.. groups.Zip(branches).SelectMany(pair => new[] { pair.First, pair.Second })]);
    }

    public override FatSqlStatement DeleteCommitted(IReadOnlyList<string> groups) => Delete(groups, "committed");

    public override FatSqlStatement DeleteRolledBack(IReadOnlyList<string> groups) => Delete(groups, "rolledback");

    public override FatSqlStatement ReadMany(IReadOnlyList<string> groups) =>
        new($"{Shown} FROM {table} WHERE gid IN ({Names(groups)}) AND {Row} AND op IN ('{DecisionOp}', '{ForcedOp}')", groups);

    // Beside that INSERT nothing of the command can hit a key: the method's own statements have been checked when they ran.
    public override bool IsDecided(DbException exception) => MySqlDialect.Instance.IsDuplicateKey(exception);

    private static string Schema(string table) => table.LastIndexOf('.') is > 0 and var dot ? Quoted(table[..dot]) : "DATABASE()";

    private static string Quoted(string identifier) => $"'{identifier.Trim('`').Replace("'", "''", StringComparison.Ordinal)}'";

    private FatSqlStatement Delete(IReadOnlyList<string> groups, string reason) =>
        new($"DELETE FROM {table} WHERE gid IN ({Names(groups)}) AND {Decision} AND reason = '{reason}'", groups);

    private static string Names(IReadOnlyList<string> values) => string.Join(", ", Enumerable.Range(0, values.Count).Select(Name));

    private static string Name(int at) => string.Create(CultureInfo.InvariantCulture, $"@p{at + 1}");
}
