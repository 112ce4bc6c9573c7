using Fat.TestServers;
using Npgsql;

namespace Fat.Docs.Tests;

/// <summary>The statements that the documents show run on a real PostgreSQL, and find what they are for.</summary>
public sealed class SqlTests
{
    private const string Prepared = "fat:019a8f6e-0000-7000-8000-000000000001:1-1a2b3c4d-1:orders:orders";

    [Fact]
    public async Task They_run_and_find_a_branch_that_is_in_doubt()
    {
        var stop = TestContext.Current.CancellationToken;
        var blocks = Documents.All.SelectMany(FencedBlock.Of).Where(block => block.Marked("sql") is not null).ToList();
        Assert.NotEmpty(blocks);
        await using var server = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false, Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["wal_level"] = "replica" } }, stop);
        await using var connection = new NpgsqlConnection(server.ConnectionString());
        await connection.OpenAsync(stop);
        var barrier = Repository.Read("Fat.Core/Decisions/Sql/postgres-create.sql").Replace("{table}", "fat_barrier", StringComparison.Ordinal);
        await RunAsync(connection, barrier);
        await RunAsync(connection, $"BEGIN; CREATE TABLE item (id int); PREPARE TRANSACTION '{Prepared}'");

        foreach (var block in blocks)
        {
            try
            {
                Assert.True(await RunAsync(connection, block.Text) > 0, $"{block}: it finds nothing.");
            }
            catch (PostgresException problem)
            {
                Assert.Fail($"{block}: {problem.MessageText}");
            }
        }

        await RunAsync(connection, $"ROLLBACK PREPARED '{Prepared}'");
    }

    /// <summary>Runs a statement, and returns how many rows it gave.</summary>
    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = 0;
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            rows++;
        return rows;
    }
}
