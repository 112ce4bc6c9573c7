using System.Data.Common;

namespace Fat.Resources;

/// <summary>The server that answers is a standby, which counts as a database that is away: what it does not show may be there, and is there when it is promoted (rule S6).</summary>
internal sealed class StandbyException(string message) : DbException(message)
{
    /// <summary>To be asked over the connection from whose answers something missing would be concluded.</summary>
    /// <exception cref="StandbyException">It is one.</exception>
    public static async Task ThrowIfStandbyAsync(FatDatabase database, DbConnection connection, CancellationToken cancellationToken)
    {
        if (database.Dialect.IsStandby is { } question && await new SqlSession(connection, transaction: null, cancellationToken).IsTrueAsync(question).ConfigureAwait(false))
        {
            throw new StandbyException(
                $"The server of database '{database.Name}' is a standby or read-only now, which may not show all that is prepared or held: nothing is concluded from it. Let the connection string lead to the primary " +
                "(with several hosts, Npgsql's Target Session Attributes=primary).");
        }
    }
}
