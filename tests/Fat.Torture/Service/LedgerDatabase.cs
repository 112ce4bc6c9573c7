using System.Data.Common;
using Npgsql;

namespace Fat.Torture.Service;

/// <summary>Where the accounts of this service are.</summary>
public sealed record LedgerDatabase(string ConnectionString)
{
    /// <summary>The name under which the same database is known whose transactions are held.</summary>
    public const string Held = "held";

    /// <summary>A closed connection.</summary>
    public DbConnection Connect() => new NpgsqlConnection(ConnectionString);

    /// <summary>A command with numbered parameters.</summary>
    public static DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, (NpgsqlConnection)connection, (NpgsqlTransaction?)transaction);
        foreach (var value in values)
            command.Parameters.AddWithValue(value);
        return command;
    }
}
