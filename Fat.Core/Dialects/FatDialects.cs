using Fat.Dialects;

namespace Fat;

/// <summary>
/// The built-in dialects, for <see cref="FatDatabaseOptions.Dialect"/> where the connection's type does not tell the product, as with a
/// profiler's wrapper. Each is one immutable instance.
/// </summary>
public static class FatDialects
{
    /// <summary>PostgreSQL through Npgsql.</summary>
    public static FatDialect PostgreSql => PostgresDialect.Instance;

    /// <summary>MySQL 8 and MariaDB 10.6 and later, through MySqlConnector or MySql.Data.</summary>
    public static FatDialect MySql => MySqlDialect.Instance;
}
