using Demo.Shop;
using Npgsql;

namespace Demo.Stage;

/// <summary>The three databases, read and cleared directly.</summary>
internal sealed class ShopDatabases : IAsyncDisposable
{
    public static readonly string[] Names = ["orders", "stock", "accounts"];

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly Func<string, string> _connectionString;
    private readonly NpgsqlDataSource _orders;
    private readonly NpgsqlDataSource _stock;
    private readonly NpgsqlDataSource _accounts;

    public ShopDatabases(Func<string, string> connectionString)
    {
        _connectionString = connectionString;
        _orders = NpgsqlDataSource.Create(connectionString("orders"));
        _stock = NpgsqlDataSource.Create(connectionString("stock"));
        _accounts = NpgsqlDataSource.Create(connectionString("accounts"));
    }

    /// <summary>The connection string that a service gets for its own database.</summary>
    public string ForService(string service) =>
        new NpgsqlConnectionStringBuilder(_connectionString(service.ToLowerInvariant())) { MaxPoolSize = 40 }.ConnectionString;

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
            counts.GetValueOrDefault("orders"), counts.GetValueOrDefault("stock"), counts.GetValueOrDefault("accounts"));
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

    public async ValueTask DisposeAsync()
    {
        await _orders.DisposeAsync();
        await _stock.DisposeAsync();
        await _accounts.DisposeAsync();
    }

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
