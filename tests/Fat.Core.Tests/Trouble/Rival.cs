using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fat.Core.Tests.Trouble;

/// <summary>A transaction of somebody else on a service's database. Disposing it rolls it back.</summary>
internal sealed class Rival : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly Service _service;

    private Rival(Service service, NpgsqlConnection connection)
    {
        _service = service;
        _connection = connection;
    }

    public static async Task AddAsync(Service service, params int[] ids)
    {
        foreach (var id in ids)
            await service.QueryAsync<object>($"INSERT INTO items (id, text) VALUES ({id}, 'there')");
    }

    public static async Task<Rival> BeginAsync(Service service)
    {
        var connection = new NpgsqlConnection(service.ConnectionString + ";Pooling=false;Enlist=false");
        await connection.OpenAsync();
        var rival = new Rival(service, connection);
        await rival.ExecuteAsync("BEGIN");
        return rival;
    }

    /// <summary>
    /// Adds a row because of what is read, while somebody else does the same and commits first: neither blocks the other, and only the end of
    /// the second transaction finds out.
    /// </summary>
    public static async Task SkewAsync(Service service, ItemsContext context, int id, int theirs)
    {
        await context.Items.CountAsync();
        await context.Database.ExecuteSqlAsync($"INSERT INTO items (id, text) VALUES ({id}, 'added')");
        await using var rival = await BeginAsync(service);
        await rival.ExecuteAsync(
            $"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT count(*) FROM items; INSERT INTO items (id, text) VALUES ({theirs}, 'rival'); COMMIT");
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until what it executes waits for a lock.</summary>
    public Task IsBlockedAsync() => TroubleWorld.UntilAsync(async () =>
        await _service.QueryAsync<long>($"SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = {_connection.ProcessID}") > 0);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
