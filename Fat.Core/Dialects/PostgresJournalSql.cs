namespace Fat.Dialects;

/// <summary>The journal of held branches on PostgreSQL.</summary>
internal sealed class PostgresJournalSql(string table, string barrierTable) : FatJournalSql(table, barrierTable)
{
    public override string Create { get; } = SqlFile.Read("postgres-create-journal", "{journal}", table);

    public override string Flush => $" RETURNING {PostgresDialect.Flush}";

    // now() would be when the transaction began.
    public override string Now => "clock_timestamp()";

    public override string Later(string seconds) => $"clock_timestamp() + make_interval(secs => {seconds})";

    public override string Age(string column) => $"extract(epoch FROM clock_timestamp() - {column})::float8";
}
