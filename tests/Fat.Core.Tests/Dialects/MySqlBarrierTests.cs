using System.Data;
using System.Data.Common;
using Fat.Resources;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

[Collection(typeof(MariaDbCollection))]
public sealed class MySqlBarrierTests(MariaDb server) : BarrierContract
{
    private string _connectionString = null!;

    protected override string TwoDaysAgo => "UTC_TIMESTAMP(6) - INTERVAL 2 DAY";

    protected override async Task CreateAsync() => _connectionString = await server.CreateAsync();

    protected override Task DropAsync() => server.DropAsync(_connectionString);

    protected override DbConnection Connect() => new MySqlConnection(_connectionString + ";Pooling=false");

    /// <summary>A deadlock: the one that has changed least is rolled back as a whole, and its session goes on.</summary>
    private protected override async Task SpoilAsync(LocalTransaction transaction)
    {
        await ExecuteAsync("CREATE TABLE locks (id int PRIMARY KEY, text varchar(10))");
        await ExecuteAsync("INSERT INTO locks (id) VALUES (1), (2), (3), (4), (5), (6)");
        await using var rival = await OpenAsync();
        await using var rivals = await rival.BeginTransactionAsync(IsolationLevel.ReadCommitted, Stop);
        await ExecuteAsync(rival, rivals, "UPDATE locks SET text = 'rival' WHERE id <> 1");
        await transaction.ExecuteAsync("UPDATE locks SET text = 'mine' WHERE id = 1", [], Stop);

        var rivalWaits = ExecuteAsync(rival, rivals, "UPDATE locks SET text = 'rival' WHERE id = 1");
        var deadlock = await Assert.ThrowsAsync<MySqlException>(() => transaction.ExecuteAsync("UPDATE locks SET text = 'mine' WHERE id = 2", [], Stop));

        Assert.Equal(1213, deadlock.Number);
        await rivalWaits;
        await rivals.RollbackAsync(Stop);
    }
}
