using System.Data.Common;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

[Collection(typeof(MariaDbCollection))]
public sealed class MySqlFatBarrierTests(MariaDb server) : FatBarrierContract
{
    private string _connectionString = null!;

    protected override string TwoDaysAgo => "UTC_TIMESTAMP(6) - INTERVAL 2 DAY";

    protected override string Session => "SELECT CONNECTION_ID()";

    [Fact]
    public async Task The_session_is_put_back()
    {
        await using var connection = await OpenAsync();
        await New("msg", "action").CallAsync(connection, transaction => AddAsync(transaction, 1), Stop);
        await Producer("m1").QueryPreparedAsync(connection, Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT CONCAT(@@autocommit = 1, ' ', @@innodb_lock_wait_timeout = @@GLOBAL.innodb_lock_wait_timeout, ' ', @@lock_wait_timeout = @@GLOBAL.lock_wait_timeout)";

        Assert.Equal("1 1 1", await command.ExecuteScalarAsync(Stop));
    }

    protected override async Task CreateAsync() => _connectionString = await server.CreateAsync();

    protected override Task DropAsync() => server.DropAsync(_connectionString);

    protected override DbConnection Connect() => new MySqlConnection(_connectionString + ";Pooling=false");

    /// <summary>A deadlock: the one that has changed least is rolled back as a whole, and its session goes on.</summary>
    protected override async Task SpoilAsync(DbTransaction transaction)
    {
        await ExecuteAsync("CREATE TABLE locks (id int PRIMARY KEY, text varchar(10))");
        await ExecuteAsync("INSERT INTO locks (id) VALUES (1), (2), (3), (4), (5), (6), (7), (8)");
        await using var rival = await OpenAsync();
        await using var rivals = await BeginAsync(rival);
        await ExecuteAsync(rival, rivals, "UPDATE locks SET text = 'rival' WHERE id <> 1");
        await ExecuteAsync(transaction.Connection!, transaction, "UPDATE locks SET text = 'mine' WHERE id = 1");

        var rivalWaits = ExecuteAsync(rival, rivals, "UPDATE locks SET text = 'rival' WHERE id = 1");
        var deadlock = await Assert.ThrowsAsync<MySqlException>(() => ExecuteAsync(transaction.Connection!, transaction, "UPDATE locks SET text = 'mine' WHERE id = 2"));

        Assert.Equal(1213, deadlock.Number);
        await rivalWaits;
        await rivals.RollbackAsync(Stop);
    }

    protected override string Kill(object? session) => $"KILL {session}";
}
