using Npgsql;

namespace Fat.TestServers;

/// <summary>What is asked of a PostgreSQL server as its administrator, each on a connection of its own.</summary>
internal sealed class PostgresAdministration(string connectionString)
{
    private const string Maintenance = "postgres";

    /// <summary>The connection string for one of the server's databases.</summary>
    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;

    public Task CreateDatabaseAsync(string name, CancellationToken cancellationToken) =>
        ExecuteAsync(Maintenance, $"CREATE DATABASE {Quote(name)}", cancellationToken);

    public async Task DropDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        // A database with a prepared transaction cannot be dropped, not even by force.
        foreach (var gid in await PreparedTransactionsAsync(name, cancellationToken))
            await ExecuteAsync(name, $"ROLLBACK PREPARED '{gid.Replace("'", "''", StringComparison.Ordinal)}'", cancellationToken);
        await ExecuteAsync(Maintenance, $"DROP DATABASE IF EXISTS {Quote(name)} WITH (FORCE)", cancellationToken);
    }

    public async Task<IReadOnlyList<string>> PreparedTransactionsAsync(string database, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(Maintenance, cancellationToken);
        await using var command = new NpgsqlCommand("SELECT gid FROM pg_prepared_xacts WHERE database = $1 ORDER BY prepared, gid", connection);
        command.Parameters.AddWithValue(database);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var gids = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            gids.Add(reader.GetString(0));
        return gids;
    }

    public async Task<int> ConnectionCountAsync(string database, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(Maintenance, cancellationToken);
        await using var command = new NpgsqlCommand(
            "SELECT count(*)::int FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
            connection);
        command.Parameters.AddWithValue(database);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<string> SettingAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(Maintenance, cancellationToken);
        await using var command = new NpgsqlCommand("SELECT current_setting($1)", connection);
        command.Parameters.AddWithValue(name);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task ExecuteAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(database, cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Not from a pool: an idle connection would be in the way of whoever counts connections or drops the database.
    private async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Database = database, Pooling = false };
        var connection = new NpgsqlConnection(unpooled.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
