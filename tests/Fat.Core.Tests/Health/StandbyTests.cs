using Fat.Coordination;
using Fat.Recovery;
using Fat.Resources;
using Fat.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Health;

/// <summary>A connection string that leads to a standby for a while. It shows nothing of what is prepared, and has it when it is promoted.</summary>
public sealed class StandbyTests(HealthWorld world) : IClassFixture<HealthWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_concluded_from_what_a_standby_does_not_show()
    {
        await using var postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false, MaxConnections = 50 }, Stop);
        await using var service = await world.StartAsync("standing", postgres: postgres);
        await HealthWorld.UntilAsync(service, "database:standing", FatHealthState.Healthy);
        await ExecuteAsync(postgres, "CREATE TABLE held (id int)");
        await ExecuteAsync(postgres, $"BEGIN; INSERT INTO held VALUES (1); PREPARE TRANSACTION 'fat:{Guid.CreateVersion7()}:1-00000001-1:nobody:nowhere'");
        var participant = service.Services.GetRequiredService<Participant>();
        var search = new InDoubtSearch(participant, service.Services);
        Assert.Single((await search.FindAllAsync(Stop))!);

        var signal = Path.Combine((await service.QueryAsync<string>("SHOW data_directory"))!, "standby.signal");
        await postgres.StopAsync(Stop);
        await File.WriteAllTextAsync(signal, string.Empty, Stop);
        await postgres.StartAgainAsync(Stop);
        Assert.Empty(await postgres.PreparedTransactionsAsync("postgres", Stop));

        await Assert.ThrowsAsync<StandbyException>(() => search.FindAllAsync(Stop));
        await Assert.ThrowsAsync<StandbyException>(() => search.ListAsync(participant.Node.Databases.All.First().Database, Stop));
        var report = await HealthWorld.UntilAsync(service, "database:standing", FatHealthState.Unhealthy, "takes no writes");
        Assert.Contains("Not known of standing", report.Parts.Single(part => part.Name == "in-doubt").What, StringComparison.Ordinal);

        await ExecuteAsync(postgres, "SELECT pg_promote()");
        await HealthWorld.UntilAsync(service, "database:standing", FatHealthState.Healthy);
        Assert.Single((await search.FindAllAsync(Stop))!);
    }

    [Fact]
    public async Task A_database_that_was_made_read_only_is_not_healthy()
    {
        await using var postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false, MaxConnections = 50 }, Stop);
        await using var service = await world.StartAsync("closed", postgres: postgres);
        await HealthWorld.UntilAsync(service, "database:closed", FatHealthState.Healthy);
        await ExecuteAsync(postgres, "ALTER SYSTEM SET default_transaction_read_only = on");
        await ExecuteAsync(postgres, "SELECT pg_reload_conf()");
        await HealthWorld.UntilAsync(service, "database:closed", FatHealthState.Unhealthy, "takes no writes");
    }

    // Not from a pool, whose connections a stop has ended.
    private static async Task ExecuteAsync(PostgresServer postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Stop);
    }
}
