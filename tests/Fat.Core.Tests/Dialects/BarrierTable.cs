using System.Data;
using System.Data.Common;
using System.Globalization;
using Fat.Dialects;
using Fat.Resources;

namespace Fat.Core.Tests.Dialects;

/// <summary>A database with a barrier table, of one product, for a contract that every product keeps.</summary>
public abstract class BarrierTable : IAsyncLifetime
{
    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected FatDialect Dialect { get; private set; } = null!;

    private protected FatMessageSql Sql { get; private set; } = null!;

    /// <summary>An instant two days ago, for the database.</summary>
    protected abstract string TwoDaysAgo { get; }

    public virtual async ValueTask InitializeAsync()
    {
        await CreateAsync();
        using (var connection = Connect())
            Dialect = new KnownDialects().For(connection);
        Sql = Dialect.Messages("fat_barrier")!;
        await ExecuteAsync(Dialect.Barrier("fat_barrier", "fat_audit")!.Create);
        await ExecuteAsync("CREATE TABLE items (id int PRIMARY KEY)");
    }

    public virtual async ValueTask DisposeAsync()
    {
        await DropAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task CreateAsync();

    protected abstract Task DropAsync();

    protected abstract DbConnection Connect();

    protected async Task<DbConnection> OpenAsync()
    {
        var connection = Connect();
        await connection.OpenAsync(Stop);
        return connection;
    }

    protected static async Task<DbTransaction> BeginAsync(DbConnection connection) => await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, Stop);

    /// <summary>Runs a statement; returns how many rows it affected.</summary>
    protected async Task<int> ExecuteAsync(string sql, params object?[] parameters)
    {
        await using var connection = await OpenAsync();
        return await ExecuteAsync(connection, null, sql, parameters);
    }

    protected static async Task<int> ExecuteAsync(DbConnection connection, DbTransaction? transaction, string sql, params object?[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.AddParameters(parameters);
        return await command.ExecuteNonQueryAsync(Stop);
    }

    /// <summary>Runs a query; returns its rows.</summary>
    protected async Task<List<object?[]>> RowsAsync(string sql, params object?[] parameters)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.AddParameters(parameters);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var rows = new List<object?[]>();
        while (await reader.ReadAsync(Stop))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? null : reader.GetValue(column))]);
        return rows;
    }

    protected async Task<object?> ScalarAsync(string sql, params object?[] parameters) => (await RowsAsync(sql, parameters)).FirstOrDefault()?[0];

    protected async Task<long> CountAsync(string from) => Convert.ToInt64(await ScalarAsync($"SELECT count(*) FROM {from}"), CultureInfo.InvariantCulture);
}
