using System.Data;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

/// <summary>The business of a service on MariaDB, by raw ADO.NET on the branch's connection.</summary>
public interface ITill
{
    Task AddAsync(int id);

    Task ChangeAsync(int id);

    Task<long> CountAsync();

    Task AddThoughReadOnlyAsync(int id);

    Task RunAsync(Func<Func<string, Task>, Task> work);
}

public class Till : ITill
{
    [FatTransaction]
    public Task AddAsync(int id) => ExecuteAsync($"INSERT INTO items (id, text) VALUES ({id}, 'added')");

    [FatTransaction(WaitResultMilliseconds = 3000)]
    public Task ChangeAsync(int id) => ExecuteAsync($"UPDATE items SET text = 'changed' WHERE id = {id}");

    [FatTransaction(ReadOnly = true, IsolationLevel = IsolationLevel.ReadCommitted)]
    public virtual async Task<long> CountAsync()
    {
        await using var command = Command("SELECT COUNT(*) FROM items");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    [FatTransaction(ReadOnly = true)]
    public Task AddThoughReadOnlyAsync(int id) => AddAsync(id);

    [FatTransaction]
    public Task RunAsync(Func<Func<string, Task>, Task> work) => work(ExecuteAsync);

    private static async Task ExecuteAsync(string sql)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static MySqlCommand Command(string sql)
    {
        var branch = FatLocalTransaction.Current!;
        return new MySqlCommand(sql, (MySqlConnection)branch.Connection, (MySqlTransaction)branch.Transaction);
    }
}
