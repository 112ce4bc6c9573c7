using Fat.Core.Tests.Incidents;
using Fat.Core.Tests.World;
using static Fat.Core.Tests.Administration.AdminWorld;

namespace Fat.Core.Tests.Administration;

/// <summary>A held branch is forced in another process than the one that holds, or held, its transaction: its journal tells of it.</summary>
public sealed class HeldForceTests(Servers servers) : IAsyncLifetime
{
    private readonly AdminWorld _world = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task One_that_another_process_holds_commits_there()
    {
        var id = _world.NextId();
        var (holds, forces) = (await StartAsync(), await StartAsync());
        var (group, options) = await HoldAsync(holds, id);

        var result = await Admin(forces).ForceAsync(group.Gid, FatDecision.Committed, "ann", "The root is gone.", options, Stop);

        Assert.Equal((FatDecision.Committed, true, 1), (result.Decision, result.HadEffect, result.CommitSet.Length));
        await holds.SeesAsync(id, Stop);
        await LostBranchWorld.UntilAsync(() => forces.QueryAsync<long>("SELECT count(*) FROM fat_journal"), 0);
    }

    [Fact]
    public async Task One_whose_process_is_gone_becomes_an_incident()
    {
        var id = _world.NextId();
        var holds = await StartAsync();
        var (group, options) = await HoldAsync(holds, id);
        await _world.StopAsync(holds);
        var forces = await StartAsync(fat => fat.WaitCommit = TimeSpan.FromSeconds(1));

        // The rest of the process is this one's, which lives.
        await forces.QueryAsync<bool>("SELECT bool_and(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'");

        var result = await Admin(forces).ForceAsync(group.Gid, FatDecision.Committed, "ann", "The root is gone.", options, Stop);

        Assert.Equal((FatDecision.Committed, true, 1), (result.Decision, result.HadEffect, result.CommitSet.Length));
        await LostBranchWorld.UntilAsync(() => forces.QueryAsync<string>("SELECT string_agg(state, ' ') FROM fat_journal"), "open");
        Assert.Equal(group.Gid, Assert.Single((await Admin(forces).ListIncidentsAsync(cancellationToken: Stop)).Items).Gid);
        Assert.False(await forces.HasAsync(id));
    }

    [Fact]
    public async Task One_that_nobody_has_written_down_is_refused()
    {
        var (holds, forces) = (await StartAsync(), await StartAsync());
        var (group, options) = await HoldAsync(holds, _world.NextId());

        var refused = await Assert.ThrowsAsync<FatForceRefusedException>(() => Admin(forces).ForceAsync(
            group.Gid, FatDecision.Committed, "ann", "The root is gone.", options with { Branches = [new FatBranchName("7-0a1b2c3d-1", "safe")] }, Stop));

        Assert.Contains("branch 7-0a1b2c3d-1 is neither prepared in this service's databases nor written down in their journals", refused.Message, StringComparison.Ordinal);
        await Admin(forces).ForceAsync(group.Gid, FatDecision.RolledBack, "ann", "The root is gone.", options with { Branches = [] }, Stop);
        await LostBranchWorld.UntilAsync(() => forces.QueryAsync<long>("SELECT count(*) FROM fat_journal"), 0);
    }

    private Task<Service> StartAsync(Action<FatOptions>? options = null) => _world.StartAsync("safe", options, database: database => database.Held = true);

    /// <summary>A group whose root is gone for good, with a branch that a process holds.</summary>
    private async Task<(AbandonedGroup Group, FatForceOptions Options)> HoldAsync(Service service, int id)
    {
        var group = await _world.AbandonAsync("ghost", "ghost");
        await group.CallAsync(service, id);
        await LostBranchWorld.UntilAsync(() => service.QueryAsync<long>($"SELECT count(*) FROM fat_journal WHERE gid = '{group.Gid}'"), 1);
        var branch = await service.QueryAsync<string>($"SELECT branch_id FROM fat_journal WHERE gid = '{group.Gid}'");
        return (group, new FatForceOptions { DecisionDatabaseIsGone = true, Branches = [new FatBranchName(branch!, "safe")] });
    }
}
