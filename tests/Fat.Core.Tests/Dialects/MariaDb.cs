using Fat.TestServers;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

/// <summary>A MariaDB server for the classes that need one, which run one after the other.</summary>
[CollectionDefinition]
public sealed class MariaDbCollection : ICollectionFixture<MariaDb>;

/// <summary>The server, installed where it can be.</summary>
public sealed class MariaDb : IAsyncLifetime
{
    private static int _number;

    private MariaDbServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        await ServerPrograms.EnsureMariaDbAsync();
        _server = await MariaDbServer.StartAsync(new MariaDbServerOptions { Fsync = false });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Kills the server and starts it again on the same data.</summary>
    public async Task CrashAsync()
    {
        await _server.KillAsync();
        await _server.StartAgainAsync();
    }

    /// <summary>A new database; returns how it is reached.</summary>
    public async Task<string> CreateAsync()
    {
        var name = $"fat_{Interlocked.Increment(ref _number)}";
        await ExecuteAsync(_server.ConnectionString(), $"CREATE DATABASE {name}");
        return _server.ConnectionString(name);
    }

    public Task DropAsync(string connectionString) =>
        ExecuteAsync(_server.ConnectionString(), $"DROP DATABASE {new MySqlConnectionStringBuilder(connectionString).Database}");

    /// <summary>How many connections are open to a database.</summary>
    public Task<long> ConnectionsAsync(string connectionString) => QueryAsync<long>(
        _server.ConnectionString(), $"SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{new MySqlConnectionStringBuilder(connectionString).Database}'");

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<T> QueryAsync<T>(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new MySqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Tests look from outside: never enlisted, and no pool keeps what they used.</summary>
    private static async Task<MySqlConnection> OpenAsync(string connectionString)
    {
        var connection = new MySqlConnection(connectionString + ";Pooling=false;AutoEnlist=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
