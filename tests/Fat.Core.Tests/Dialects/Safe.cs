using Dapper;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

/// <summary>The same service with connections that its methods open by themselves.</summary>
public interface ISafe
{
    Task AddAsync(int first, int second);

    Task AddThenFailAsync(int id);

    Task TwoConnectionsAtOnceAsync(int first, int second);
}

public sealed record SafeSettings(string ConnectionString);

public class Safe(SafeSettings settings) : ISafe
{
    [FatTransaction]
    public async Task AddAsync(int first, int second)
    {
        await using (var connection = new MySqlConnection(settings.ConnectionString))
            await connection.ExecuteAsync("INSERT INTO items (id, text) VALUES (@first, 'dapper')", new { first });
        await using var other = new MySqlConnection(settings.ConnectionString);
        await other.OpenAsync();
        await using var command = new MySqlCommand($"INSERT INTO items (id, text) VALUES ({second}, 'raw')", other);
        await command.ExecuteNonQueryAsync();
    }

    [FatTransaction]
    public async Task AddThenFailAsync(int id)
    {
        await AddAsync(id, -id);
        throw new InvalidOperationException("Jammed.");
    }

    [FatTransaction]
    public async Task TwoConnectionsAtOnceAsync(int first, int second)
    {
        await using var one = new MySqlConnection(settings.ConnectionString);
        await one.OpenAsync();
        await using var other = new MySqlConnection(settings.ConnectionString);
        await other.OpenAsync();
        await one.ExecuteAsync("INSERT INTO items (id, text) VALUES (@first, 'one')", new { first });
        await other.ExecuteAsync("INSERT INTO items (id, text) VALUES (@second, 'other')", new { second });
    }
}
