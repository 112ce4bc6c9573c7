using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Fat.Dialects;

namespace Fat.Messages;

/// <summary>The dialect of a connection that is nobody's registered database, and its statements, which each request's barrier needs.</summary>
internal static class BarrierStatements
{
    private static readonly KnownDialects BuiltIn = new();
    private static readonly ConditionalWeakTable<FatDialect, ConcurrentDictionary<string, FatMessageSql?>> Known = [];

    /// <exception cref="FatConfigurationException">There is no such dialect, or it has no messages.</exception>
    public static (FatDialect Dialect, FatMessageSql Sql) For(DbConnection connection, FatDialect? dialect, string table)
    {
        dialect ??= BuiltIn.For(connection);
        var sql = Known.GetOrCreateValue(dialect).GetOrAdd(table, static (name, own) => own.Messages(name), dialect);
        return sql is null
            ? throw new FatConfigurationException(
                $"Fat knows no barrier for {dialect.Product} (connections of type {connection.GetType().FullName}): give FatBarrier a dialect that overrides FatDialect.Messages (docs/databases.md).")
            : (dialect, sql);
    }
}
