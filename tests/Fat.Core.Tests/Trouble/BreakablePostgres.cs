using Fat.TestServers;
using Npgsql;

namespace Fat.Core.Tests.Trouble;

/// <summary>A small PostgreSQL for the tests of one class, which may restart it and use up what it has.</summary>
public sealed class BreakablePostgres : IAsyncLifetime
{
    private const int PreparedTransactions = 4;
    private const int MaxConnections = 30;
    private const string Taker = "taker";

    private readonly List<NpgsqlConnection> _taken = [];

    public PostgresServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await PostgresServer.StartAsync(new PostgresServerOptions
        {
            Fsync = false,
            MaxConnections = MaxConnections,
            MaxPreparedTransactions = PreparedTransactions,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["deadlock_timeout"] = "100ms" },
        });

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>As good as new, whatever a test that failed has left.</summary>
    public async Task RunsAsync()
    {
        await GiveConnectionsAsync();
        if (!Server.IsRunning)
            await Server.StartAgainAsync();
    }

    /// <summary>
    /// Takes every connection. Those of others are ended until there are none: one that somebody closes later would be one that is left.
    /// </summary>
    public async Task TakeConnectionsAsync()
    {
        while (_taken.Count < MaxConnections)
        {
            await TakeFreeConnectionsAsync();
            await EndOthersAsync();
        }
    }

    public async Task GiveConnectionsAsync()
    {
        foreach (var connection in _taken)
            await connection.DisposeAsync();
        _taken.Clear();
    }

    /// <summary>Prepares transactions of somebody else until no slot is left. They are rolled back when this is disposed.</summary>
    public async Task<IAsyncDisposable> TakePreparedSlotsAsync()
    {
        var slots = new Slots(Server);
        for (var i = 0; i < PreparedTransactions; i++)
            await slots.ExecuteAsync($"BEGIN; SELECT pg_current_xact_id(); PREPARE TRANSACTION 'other:{i}'");
        return slots;
    }

    private async Task TakeFreeConnectionsAsync()
    {
        while (true)
        {
            var connection = new NpgsqlConnection($"{Server.ConnectionString()};Pooling=false;Application Name={Taker}");
            try
            {
                await connection.OpenAsync();
                _taken.Add(connection);
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                await connection.DisposeAsync();
                return;
            }
        }
    }

    private async Task EndOthersAsync()
    {
        await using var command = new NpgsqlCommand(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> '{Taker}'", _taken[0]);
        await command.ExecuteNonQueryAsync();
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
