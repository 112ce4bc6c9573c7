using Fat.Core.Tests.World;
using Npgsql;

namespace Fat.Core.Tests.Recovery;

/// <summary>A service that only takes part, durably, needs no table of Fat's in its database, also when it has left branches behind.</summary>
public sealed class WithoutTableTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decision_is_asked_for_all_the_same()
    {
        var service = await world.StartAsync("bare", options => options.CreateBarrierTable = false);
        var (gid, id) = (Guid.CreateVersion7(), world.NextId());
        var name = $"fat:{gid}:1-00000001-1:silent:nowhere";
        await ExecuteAsync(service, $"BEGIN; INSERT INTO items VALUES ({id}, 'left behind'); PREPARE TRANSACTION '{name}'");
        try
        {
            await AskedAsync(gid);
            Assert.Null(await service.QueryAsync<string>("SELECT to_regclass('fat_barrier')::text"));
        }
        finally
        {
            await ExecuteAsync(service, $"ROLLBACK PREPARED '{name}'");
        }
    }

    private async Task AskedAsync(Guid gid)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        await using var redis = await world.Servers.Redis.ConnectAsync();
        while (true)
        {
            var asked = (IReadOnlyList<object?>)(await redis.ExecuteAsync(["LRANGE", $"{world.KeyPrefix}:resolve:silent", "0", "-1"]))!;
            if (asked.OfType<string>().Any(request => request.Contains(gid.ToString(), StringComparison.Ordinal)))
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }
    }

    private static async Task ExecuteAsync(Service service, string sql)
    {
        await using var connection = new NpgsqlConnection(service.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Stop);
    }
}
