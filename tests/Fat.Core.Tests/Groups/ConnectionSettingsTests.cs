using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Groups;

/// <summary>Connections with settings that an application has for reasons of its own.</summary>
public sealed class ConnectionSettingsTests(Servers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Multiplexing=true")]
    [InlineData("Pooling=false")]
    [InlineData("No Reset On Close=true;Max Auto Prepare=20;Auto Prepare Min Usages=1")]
    [InlineData("Options=-c DateStyle=German -c IntervalStyle=sql_standard -c TimeZone=Asia/Kathmandu -c standard_conforming_strings=off -c default_transaction_isolation=serializable")]
    public async Task Groups_over_them_commit_and_roll_back(string settings)
    {
        await using var world = await StartAsync(settings);
        var (root, child) = (await world.StartAsync("root"), await world.StartAsync("child"));
        var kept = Enumerable.Range(0, 5).Select(_ => world.NextId()).ToList();
        var lost = world.NextId();

        foreach (var id in kept)
            Assert.Null((await GroupAsync(id, then: () => Task.CompletedTask)).Error);
        var failed = await GroupAsync(lost, () => throw new InvalidOperationException("Out of stock."));

        Assert.Equal(FatOutcome.RolledBack, failed.Outcome);
        await world.NothingPreparedAsync(root);
        await world.NothingPreparedAsync(child);
        foreach (var id in kept)
            Assert.True(await root.HasAsync(id) && await child.HasAsync(id));
        Assert.False(await root.HasAsync(lost) || await child.HasAsync(lost));

        Task<FatScopeResult> GroupAsync(int id, Func<Task> then) => root.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await child.CallAsync((others, stop) => others.AddAsync(id, stop));
            await then();
        });
    }

    /// <summary>Npgsql's own limit; without its name nobody finds it.</summary>
    [Fact]
    public async Task A_connection_that_cannot_enlist_for_Multiplexing_is_refused_with_the_reason()
    {
        await using var world = await StartAsync("Multiplexing=true");
        var root = await world.StartAsync("root", database: database => database.Enlistment = FatEnlistment.Ambient);
        var id = world.NextId();

        var result = await root.RootAsync((items, _) => items.AddAsync(id, Stop));

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        Assert.Contains("remove Multiplexing=true", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        Assert.False(await root.HasAsync(id));
    }

    private async Task<SettingsWorld> StartAsync(string settings)
    {
        var world = new SettingsWorld(servers, settings);
        await world.InitializeAsync();
        return world;
    }

    private sealed class SettingsWorld(Servers servers, string settings) : GroupWorld(servers)
    {
        protected override string Route(string service, string connectionString) => $"{connectionString};{settings}";
    }
}
