using System.Data.Common;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Hosting;

/// <summary>
/// Sees to it that branches work where recovery looks for them: on one server, in one database. Where the connection string depends on the DI scope, as with
/// a database for each tenant, a branch would be prepared where nobody finishes it. Thread-safe.
/// </summary>
/// <param name="name">The database.</param>
/// <param name="background">A connection as background work gets it.</param>
/// <param name="withSchema">Whether the schemas count in which Fat's tables are looked for: their names say none.</param>
internal sealed class DatabaseHome(FatName name, Func<DbConnection> background, bool withSchema)
{
    private volatile string? _home;
    private volatile string? _looked;

    /// <summary>The connection, which is closed.</summary>
    /// <exception cref="FatConfigurationException">It leads elsewhere.</exception>
    public DbConnection Check(DbConnection connection)
    {
        var text = connection.ConnectionString;
        if (text == _looked)
            return connection;
        var place = DatabasePlace.Of(text, withSchema);
        if (place != (_home ??= Home()))
        {
            connection.Dispose();
            throw new FatConfigurationException(
                $"A branch on database '{name}' would work at '{place}', and recovery looks for it at '{_home}': nobody would finish it. " +
                "Give each place a name of its own with AddDbContext or AddDatabase, so that its connection string does not depend on the DI scope, and name it in [FatTransaction(Database = \"…\")]. " +
                "Where only the Search Path differs, give Fat's tables with their schema instead (FatDatabaseOptions.BarrierTable, AuditTable and JournalTable).");
        }

        _looked = text;
        return connection;
    }

    private string Home()
    {
        using var connection = background();
        return DatabasePlace.Of(connection.ConnectionString, withSchema);
    }
}
