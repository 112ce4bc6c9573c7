using Fat.Core.Tests.Incidents;
using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Dialects;

/// <summary>Branches on MariaDB, which are always held, that are lost between the decision and their COMMIT.</summary>
[Collection(typeof(MariaDbCollection))]
public sealed class MySqlLostBranchTests(Servers servers, MariaDb server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FatEnlistment.Direct)]
    [InlineData(FatEnlistment.Ambient)]
    public async Task An_operator_replays_a_lost_branch(FatEnlistment enlistment)
    {
        await using var world = await StartAsync(enlistment);
        var strike = new Strike();
        var till = await StartTillAsync(world, strike);
        var (id, other) = (world.NextId(), world.NextId());
        strike.At(FaultPoint.CommitHeld, after: false);

        await CommitAsync(world, till, id, other, enlistment);

        var admin = till.Services.GetRequiredService<IFatAdmin>();
        await LostBranchWorld.UntilAsync(async () => (await admin.ListIncidentsAsync(cancellationToken: Stop)).Items.Length, 1);
        var open = (await admin.ListIncidentsAsync(cancellationToken: Stop)).Items[0];
        Assert.False(await till.HasAsync(id));
        var replayed = await admin.ReplayIncidentAsync(open.Gid, open.Branch, open.Version, "me", "It adds rows", evenIfNotAllowed: true, Stop);
        Assert.Equal((FatIncidentState.Replayed, null), (replayed.State, replayed.Reason));
        Assert.True(await till.HasAsync(id));
        Assert.Equal(1, await till.QueryAsync<long>("SELECT COUNT(*) FROM fat_barrier WHERE op = 'held'"));
        await world.StopAsync(till);
    }

    [Theory]
    [InlineData(FatEnlistment.Direct)]
    [InlineData(FatEnlistment.Ambient)]
    public async Task A_commit_whose_answer_was_lost_is_no_incident(FatEnlistment enlistment)
    {
        await using var world = await StartAsync(enlistment);
        var strike = new Strike();
        var till = await StartTillAsync(world, strike);
        var (id, other) = (world.NextId(), world.NextId());
        strike.At(FaultPoint.CommitHeld, after: true);

        await CommitAsync(world, till, id, other, enlistment);

        await LostBranchWorld.UntilAsync(() => till.QueryAsync<long>("SELECT COUNT(*) FROM fat_journal"), 0);
        await LostBranchWorld.UntilAsync(() => till.QueryAsync<long>("SELECT COUNT(*) FROM fat_barrier WHERE op = 'held'"), 0);
        Assert.True(await till.HasAsync(id));
        Assert.Equal(0, await till.QueryAsync<long>("SELECT COUNT(*) FROM fat_journal_events"));
        await world.StopAsync(till);
    }

    private async Task<TillWorld> StartAsync(FatEnlistment enlistment)
    {
        var world = new TillWorld(servers, server, enlistment);
        await world.InitializeAsync();
        return world;
    }

    private static Task<TillService> StartTillAsync(TillWorld world, Strike strike) => world.StartTillAsync(
        configure: fat => fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = strike);

    private static async Task CommitAsync(TillWorld world, TillService till, int id, int other, FatEnlistment enlistment)
    {
        var result = await world.Orders.RootAsync(async (orders, token) =>
        {
            await orders.AddAsync(id, token);
            await till.CallAsync(branch => enlistment == FatEnlistment.Direct ? branch.AddAsync(id) : till.SafeAsync(safe => safe.AddAsync(id, other)));
        });
        Assert.Null(result.Error);
    }
}
