using System.Globalization;

namespace Fat.Dialects;

/// <summary>
/// Messages in the barrier table of MySQL and MariaDB: a message is the row <c>(gid, 00, msg, 01)</c>. The times are stored in UTC, since a
/// <c>datetime</c> knows no time zone. <c>INSERT IGNORE</c> also cuts what is too long: whoever uses these has checked the lengths.
/// </summary>
internal sealed class MySqlMessageSql(string table) : FatMessageSql
{
    private const string Message = "branch_id = '00' AND op = 'msg' AND barrier_id = '01'";
    private const string UnderWay = $"{Message} AND reason LIKE 'msg:%'";
    private const string OfBranch = "(branch_id <> '00' OR reason = 'msg') AND trans_type <> 'fat' AND op NOT IN ('held', 'decision', 'forced')";
    private const string Now = "UTC_TIMESTAMP(6)";
    private const string Key = "gid, branch_id, op, barrier_id";
    private const string Columns = $"(trans_type, {Key}, reason, payload, create_time, update_time)";

    public override string Created { get; } = $"SHOW INDEX FROM {table} WHERE Key_name = 'fat_age'";

    public override string Create { get; } = SqlFile.Read("mysql-create-messages", "{table}", table);

    public override string Insert { get; } = $"INSERT INTO {table} {Columns} VALUES ('msg', @p1, '00', 'msg', '01', @p2, @p3, {Now}, {Now})";

    // Not ON DUPLICATE KEY UPDATE: a driver may count a row that stays as it is like one that is inserted.
    public override string TakeOver { get; } =
        $"UPDATE {table} SET reason = @p2, payload = @p3, create_time = {Now}, update_time = {Now} WHERE gid = @p1 AND {Message} AND reason = '{RolledBack}'";

    public override string RollBack { get; } =
        $"INSERT IGNORE INTO {table} {Columns} VALUES ('msg', @p1, '00', 'msg', '01', '{RolledBack}', NULL, {Now}, {Now})";

    public override string Read { get; } = $"SELECT reason, payload FROM {table} WHERE gid = @p1 AND {Message}";

    public override string List { get; } =
        $"SELECT gid, TIMESTAMPDIFF(MICROSECOND, create_time, {Now}) / 1000000e0 FROM {table} " +
        $"WHERE reason = @p1 AND gid > @p3 AND {Message} AND create_time < {Before("@p2")} ORDER BY gid LIMIT @p4";

    public override string Change { get; } = $"UPDATE {table} SET payload = @p2, update_time = {Now} WHERE gid = @p1 AND {UnderWay}";

    public override string Replace { get; } =
        $"UPDATE {table} SET reason = @p4, payload = @p3, update_time = {Now} WHERE gid = @p1 AND payload = @p2 AND {UnderWay}";

    public override string Enter { get; } = $"INSERT IGNORE INTO {table} {Columns} VALUES (@p1, @p2, @p3, @p4, @p5, @p6, NULL, {Now}, {Now})";

    // No row is created after it was updated: the index on the one time bounds the search for the other.
    public override string PurgeMessages { get; } = Purge(table, $"create_time < {Before("@p1")} AND update_time < {Before("@p1")} AND {Message} AND reason = @p3");

    public override string PurgeBranches { get; } = Purge(table, $"create_time < {Before("@p1")} AND {OfBranch}");

    public override FatSqlStatement Delete(IReadOnlyList<string> messages) => new($"DELETE FROM {table} WHERE gid IN ({Names(messages)}) AND {UnderWay}", messages);

    public override FatSqlStatement End(IReadOnlyList<string> messages) =>
        new($"UPDATE {table} SET reason = '{Done}', payload = NULL, update_time = {Now} WHERE gid IN ({Names(messages)}) AND {UnderWay}", messages);

    private static string Before(string seconds) => $"DATE_SUB({Now}, INTERVAL CAST({seconds} * 1000000 AS SIGNED) MICROSECOND)";

    // A DELETE by age would wait for rows of open transactions.
    private static string Purge(string table, string old) =>
        $"DELETE gone FROM {table} AS gone JOIN (SELECT {Key} FROM {table} WHERE {old} LIMIT @p2 FOR UPDATE SKIP LOCKED) AS old USING ({Key})";

    private static string Names(IReadOnlyList<string> values) =>
        string.Join(", ", Enumerable.Range(1, values.Count).Select(number => string.Create(CultureInfo.InvariantCulture, $"@p{number}")));
}
