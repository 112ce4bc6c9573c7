using Demo.Shop;
using Fat.TestServers;
using Npgsql;

namespace Demo.Stage;

/// <summary>The three databases and their server, read and cleared directly.</summary>
internal sealed class ShopDatabases : IAsyncDisposable
{
    private const int ConnectionsOfService = 25;

    private static readonly string[] Services = ["orders", "stock", "accounts"];
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly DatabaseServer _server;
    private readonly string _prefix;
    private readonly NpgsqlDataSource _orders;
    private readonly NpgsqlDataSource _stock;
    private readonly NpgsqlDataSource _accounts;

    private ShopDatabases(DatabaseServer server, string prefix)
    {
        _server = server;
        _prefix = prefix;
        _orders = NpgsqlDataSource.Create(ConnectionString("orders"));
        _stock = NpgsqlDataSource.Create(ConnectionString("stock"));
        _accounts = NpgsqlDataSource.Create(ConnectionString("accounts"));
    }

    public string Origin => _server.Origin;

    /// <summary>The server's address, for people.</summary>
    public string Address
    {
        get
        {
            var database = new NpgsqlConnectionStringBuilder(ConnectionString("orders"));
            return $"{database.Host}:{database.Port}";
        }
    }

    /// <summary>How to look into each of the databases.</summary>
    public IEnumerable<string> Addresses => Services
        .Select(service => new NpgsqlConnectionStringBuilder(ConnectionString(service)))
        .Select(database => $"psql -h {database.Host} -p {database.Port} -U {database.Username} {database.Database}");

    /// <summary>Creates the databases on the server, and takes it over.</summary>
    public static async Task<ShopDatabases> CreateAsync(DatabaseServer server, CancellationToken cancellationToken)
    {
        var databases = new ShopDatabases(server, server.Process is null ? $"fat_demo_{Guid.NewGuid():N}_" : "");
        try
        {
            foreach (var service in Services)
                await server.CreateDatabaseAsync(databases.NameOf(service), cancellationToken);
            return databases;
        }
        catch
        {
            await databases.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string that a service gets for its own database.</summary>
    public string ForService(string service) => new NpgsqlConnectionStringBuilder(ConnectionString(service.ToLowerInvariant()))
    {
        MaxPoolSize = ConnectionsOfService,
    }.ConnectionString;

    /// <summary>Empties every table of the shop.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        // A transaction that a scenario before has left prepared would hold this up for ever.
        const string impatient = "SET lock_timeout = '5s'; ";
        await ExecuteAsync(_orders, impatient + """TRUNCATE "Orders" """, cancellationToken);
        await ExecuteAsync(_stock, impatient + """TRUNCATE "Items", "Reservations" """, cancellationToken);
        await ExecuteAsync(_accounts, impatient + """TRUNCATE "Accounts", "Payments" """, cancellationToken);
    }

    /// <summary>What is committed in the three databases.</summary>
    public async Task<Books> ReadAsync(CancellationToken cancellationToken)
    {
        var orders = await ReadTotalAsync(_orders, """SELECT count(*), coalesce(sum("Price"), 0) FROM "Orders" """, cancellationToken);
        var items = await ReadLevelsAsync(_stock, """SELECT "Name", "Quantity"::numeric FROM "Items" ORDER BY "Name" """, cancellationToken);
        var reservations = await ReadTotalAsync(
            _stock, """SELECT count(*), coalesce(sum("Quantity"), 0)::numeric FROM "Reservations" """, cancellationToken);
        var balances = await ReadLevelsAsync(_accounts, """SELECT "Name", "Balance" FROM "Accounts" ORDER BY "Name" """, cancellationToken);
        var payments = await ReadTotalAsync(_accounts, """SELECT count(*), coalesce(sum("Amount"), 0) FROM "Payments" """, cancellationToken);
        return new Books(orders, items, reservations, balances, payments);
    }

    /// <summary>How many transactions are prepared in each database.</summary>
    public async Task<PreparedCounts> ReadPreparedAsync(CancellationToken cancellationToken)
    {
        await using var command = _orders.CreateCommand("SELECT database::text, count(*) FROM pg_prepared_xacts GROUP BY database");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
            counts[reader.GetString(0)] = reader.GetInt64(1);
        return new PreparedCounts(
            counts.GetValueOrDefault(NameOf("orders")), counts.GetValueOrDefault(NameOf("stock")), counts.GetValueOrDefault(NameOf("accounts")));
    }

    /// <summary>The rows of a message in the three barrier tables.</summary>
    public async Task<IReadOnlyList<string>> ReadBarriersAsync(string gid, CancellationToken cancellationToken)
    {
        var rows = new List<string>();
        foreach (var (service, database) in new[] { ("orders", _orders), ("stock", _stock), ("accounts", _accounts) })
        {
            await using var command = database.CreateCommand("SELECT branch_id || ', ' || op || ', ' || barrier_id || ', ' || reason FROM fat_barrier WHERE gid = $1 ORDER BY branch_id");
            command.Parameters.AddWithValue(gid);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                rows.Add($"{service} ({reader.GetString(0)})");
        }

        return rows;
    }

    /// <summary>Waits until no transaction is prepared anywhere; returns what is still prepared when the time is over.</summary>
    public async Task<PreparedCounts> WaitUntilNonePreparedAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var prepared = await ReadPreparedAsync(cancellationToken);
            if (prepared.IsNone || TimeProvider.System.GetElapsedTime(start) > atMost)
                return prepared;
            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Stops the server; on one that is not only ours, drops the databases instead.</summary>
    public async ValueTask DisposeAsync()
    {
        await _orders.DisposeAsync();
        await _stock.DisposeAsync();
        await _accounts.DisposeAsync();
        if (_server.Process is null)
        {
            foreach (var service in Services)
                await _server.DropDatabaseAsync(NameOf(service));
        }

        await _server.DisposeAsync();
    }

    private string NameOf(string service) => _prefix + service;

    private string ConnectionString(string service) => _server.ConnectionString(NameOf(service));

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Total> ReadTotalAsync(NpgsqlDataSource database, string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Total(reader.GetInt64(0), reader.GetDecimal(1));
    }

    private static async Task<SortedDictionary<string, decimal>> ReadLevelsAsync(
        NpgsqlDataSource database, string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var levels = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
            levels[reader.GetString(0)] = reader.GetDecimal(1);
        return levels;
    }
}
