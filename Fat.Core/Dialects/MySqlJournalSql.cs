namespace Fat.Dialects;

/// <summary>The journal of held branches on MySQL and MariaDB. The times are stored in UTC, since a <c>datetime</c> knows no time zone.</summary>
internal sealed class MySqlJournalSql(string table, string barrierTable) : FatJournalSql(table, barrierTable)
{
    public override string Create { get; } = SqlFile.Read("mysql-create-journal", "{journal}", table);

    public override string Now => "UTC_TIMESTAMP(6)";

    public override string Later(string seconds) => $"DATE_ADD(UTC_TIMESTAMP(6), INTERVAL CAST({seconds} * 1000000 AS SIGNED) MICROSECOND)";

    public override string Age(string column) => $"TIMESTAMPDIFF(MICROSECOND, {column}, UTC_TIMESTAMP(6)) / 1000000e0";
}
