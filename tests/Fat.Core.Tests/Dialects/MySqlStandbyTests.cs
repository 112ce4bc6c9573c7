using Fat.Coordination;
using Fat.Core.Tests.World;
using Fat.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Dialects;

/// <summary>A connection string that leads to a replica for a while: it is read-only, and may not show yet what the primary has.</summary>
[Collection(typeof(MariaDbCollection))]
public sealed class MySqlStandbyTests(Servers servers, MariaDb server) : IAsyncLifetime
{
    private readonly TillWorld _world = new(servers, server);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Nothing_is_concluded_from_what_a_read_only_server_does_not_show()
    {
        var till = _world.Till;
        var journal = till.Services.GetRequiredService<Databases>().All.Single().Journal!;
        await TillWorld.DatabaseAsync(till, FatHealthState.Degraded);
        Assert.Empty(await journal.ListOpenAsync(Stop));

        await MariaDb.ExecuteAsync(till.ConnectionString, "SET GLOBAL read_only = 1");
        try
        {
            await Assert.ThrowsAsync<StandbyException>(() => journal.ListOpenAsync(Stop));
            Assert.Contains("takes no writes", (await TillWorld.DatabaseAsync(till, FatHealthState.Unhealthy)).What, StringComparison.Ordinal);
        }
        finally
        {
            await MariaDb.ExecuteAsync(till.ConnectionString, "SET GLOBAL read_only = 0");
        }

        await TillWorld.DatabaseAsync(till, FatHealthState.Degraded);
        Assert.Empty(await journal.ListOpenAsync(Stop));
    }
}
