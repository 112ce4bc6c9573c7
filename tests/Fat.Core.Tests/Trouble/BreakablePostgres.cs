using Fat.Core.Tests.World;
using Fat.Testing.Servers;
using Npgsql;

namespace Fat.Core.Tests.Trouble;

/// <summary>A small PostgreSQL for the tests of one class, which may restart it and use up what it has.</summary>
public sealed class BreakablePostgres : IAsyncLifetime
{
    private const int PreparedTransactions = 4;

    public PostgresServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await PostgresServer.StartAsync(new PostgresServerOptions
        {
            Fsync = false,
            MaxConnections = 30,
            MaxPreparedTransactions = PreparedTransactions,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["deadlock_timeout"] = "100ms" },
        });

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Starts it when a test that failed has left it down.</summary>
    public Task RunsAsync() => Server.IsRunning ? Task.CompletedTask : Server.StartAgainAsync();

    /// <summary>Takes every connection that is left, those in the service's pool included. They are free again when this is disposed.</summary>
    public async Task<IAsyncDisposable> TakeConnectionsAsync(Service service)
    {
        await using (var pooled = new NpgsqlConnection(service.ConnectionString))
            NpgsqlConnection.ClearPool(pooled);
        var taken = new Connections();
        while (true)
        {
            var connection = new NpgsqlConnection(Server.ConnectionString() + ";Pooling=false");
            try
            {
                await connection.OpenAsync();
                taken.Add(connection);
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                await connection.DisposeAsync();
                return taken;
            }
        }
    }

    /// <summary>Prepares transactions of somebody else until no slot is left. They are rolled back when this is disposed.</summary>
    public async Task<IAsyncDisposable> TakePreparedSlotsAsync()
    {
        var slots = new Slots(Server);
        for (var i = 0; i < PreparedTransactions; i++)
            await slots.ExecuteAsync($"BEGIN; SELECT pg_current_xact_id(); PREPARE TRANSACTION 'other:{i}'");
        return slots;
    }

    private sealed class Connections : IAsyncDisposable
    {
        private readonly List<NpgsqlConnection> _all = [];

        public void Add(NpgsqlConnection connection) => _all.Add(connection);

        public async ValueTask DisposeAsync()
        {
            foreach (var connection in _all)
                await connection.DisposeAsync();
        }
    }

    private sealed class Slots(PostgresServer server) : IAsyncDisposable
    {
        public async Task ExecuteAsync(string sql)
        {
            await using var connection = new NpgsqlConnection(server.ConnectionString() + ";Pooling=false");
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync()
        {
            for (var i = 0; i < PreparedTransactions; i++)
                await ExecuteAsync($"ROLLBACK PREPARED 'other:{i}'");
        }
    }
}
