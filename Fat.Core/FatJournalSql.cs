namespace Fat;

/// <summary>
/// What differs between products in the statements on the journal of held branches, a table of the database that has the branches. Made by
/// <see cref="FatDialect.Journal"/>; immutable, so thread-safe.
/// </summary>
/// <param name="table">The journal; may be qualified by a schema. Beside it stands a table of the same name and <c>_events</c>.</param>
/// <param name="barrierTable">The barrier table; may be qualified by a schema.</param>
/// <remarks>
/// Everything else is plain SQL that the products agree on: <c>INSERT</c> of several rows, <c>INSERT … SELECT</c>, <c>UPDATE</c>, <c>DELETE</c> and
/// <c>SELECT</c> with <c>AND</c>, <c>OR</c>, <c>EXISTS</c> and <c>CASE</c>. A statement that changes a row keeps others from it until its transaction ends, and
/// the number of rows that it has changed is the driver's answer.
/// </remarks>
public abstract class FatJournalSql(string table, string barrierTable)
{
    /// <summary>The journal.</summary>
    public string Table => table;

    /// <summary>The barrier table.</summary>
    public string BarrierTable => barrierTable;

    /// <summary>
    /// Creates both tables where they are missing, with the columns of <c>Fat.Core/Decisions/Sql/postgres-create-journal.sql</c>. Other instances may
    /// do the same at the same time.
    /// </summary>
    public abstract string Create { get; }

    /// <summary>
    /// The end of an <c>INSERT</c>, with a space before it, whose COMMIT has to survive a crash of the server, where a session may be set up so that it does not; whatever it returns is not read. Default: empty, for a server where no session can.
    /// </summary>
    public virtual string Flush => string.Empty;

    /// <summary>An expression: the server's time when the statement runs, not when its transaction began.</summary>
    public abstract string Now { get; }

    /// <summary>An expression: so many seconds from now.</summary>
    /// <param name="seconds">The seconds, a parameter of type double.</param>
    public abstract string Later(string seconds);

    /// <summary>An expression: how many seconds ago a time was, as a number that may have a fraction.</summary>
    /// <param name="column">The column that holds the time.</param>
    public abstract string Age(string column);

    /// <summary>The first rows of a query. Default: the query and <c>LIMIT</c>.</summary>
    /// <param name="query">The query, which is sorted.</param>
    /// <param name="count">How many rows.</param>
    public virtual string First(string query, int count) => FormattableString.Invariant($"{query} LIMIT {count}");

    /// <summary>A parameter in the driver's own way. Default: <c>@p1</c>, <c>@p2</c>, ….</summary>
    /// <param name="number">Its number, from 1.</param>
    public virtual string Parameter(int number) => FormattableString.Invariant($"@p{number}");
}
