using Fat.TestServers;
using Npgsql;

namespace Fat.Bench.Messages;

/// <summary>One service's database: the business row of each message, and, for the floor, a row as the barrier's.</summary>
internal sealed class MessageTables(PostgresServer server, string name)
{
    private const int Pool = 40;

    public string ConnectionString { get; } =
        new NpgsqlConnectionStringBuilder(server.ConnectionString(name)) { MaxPoolSize = Pool, NoResetOnClose = true, MaxAutoPrepare = 20 }.ConnectionString;

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await server.CreateDatabaseAsync(name, cancellationToken);
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            CREATE TABLE written (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lane text NOT NULL, number int NOT NULL, account bigint NOT NULL, body text NOT NULL);
            CREATE TABLE floor_barrier (gid varchar(128) NOT NULL, branch_id varchar(128) NOT NULL, op varchar(45) NOT NULL, barrier_id varchar(45) NOT NULL, reason text NOT NULL,
              payload text, create_time timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (gid, branch_id, op, barrier_id));
            """,
            connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The business write.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, string lane, Ordered ordered, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("INSERT INTO written (lane, number, account, body) VALUES ($1, $2, $3, $4)", connection, transaction);
        command.Parameters.AddWithValue(lane);
        command.Parameters.AddWithValue(ordered.Number);
        command.Parameters.AddWithValue(ordered.Account);
        command.Parameters.AddWithValue(ordered.Text);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A row as the barrier's.</summary>
    public static async Task GuardAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string gid, string branch, string? payload, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO floor_barrier (gid, branch_id, op, barrier_id, reason, payload) VALUES ($1, $2, 'msg', '01', 'msg', $3)", connection, transaction);
        command.Parameters.AddWithValue(gid);
        command.Parameters.AddWithValue(branch);
        command.Parameters.AddWithValue((object?)payload ?? DBNull.Value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How many rows a lane has written, and how many of them are of different messages.</summary>
    public async Task<(long Rows, long Messages)> CountAsync(string lane, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT count(*), count(DISTINCT (number, body)) FROM written WHERE lane = $1", connection);
        command.Parameters.AddWithValue(lane);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
