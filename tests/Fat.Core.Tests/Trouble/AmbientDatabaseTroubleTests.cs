namespace Fat.Core.Tests.Trouble;

/// <summary>The same through System.Transactions, whose commit and roll back block and take no token: that must not reach the caller.</summary>
public sealed class AmbientDatabaseTroubleTests(AmbientDatabaseTroubleWorld world) : IAsyncLifetime, IClassFixture<AmbientDatabaseTroubleWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.ReadyAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Restarted_before_the_group_it_is_not_noticed()
    {
        await world.NextGroupWorksAsync();
        await world.Postgres.Server.RestartAsync(Stop);

        await world.NextGroupWorksAsync();
        await world.NothingLeftAsync();
    }

    [Fact]
    public async Task Restarted_before_the_decision_the_group_rolls_back()
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, () => world.Postgres.Server.RestartAsync(Stop));

        ChildDatabaseTroubleTests.RolledBackAt("root", result, "(database 'root')");
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Silent_at_the_decision_the_group_is_settled_when_it_is_back()
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, () =>
        {
            world.RootRoute.BlackHole();
            return Task.CompletedTask;
        });

        Assert.IsType<FatInDoubtException>(result.Error);
        await world.RootRoute.HealAsync(Stop);
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Silent_before_the_group_and_while_it_is_rolled_back_nobody_waits_for_it()
    {
        await world.NextGroupWorksAsync();
        var (first, second) = (world.NextId(), world.NextId());

        var during = await world.GroupAsync(first, () =>
        {
            world.RootRoute.BlackHole();
            throw new InvalidOperationException("Out of stock.");
        });
        var after = await world.GroupAsync(second);

        ChildDatabaseTroubleTests.RolledBackAt("root", during, "Out of stock.");
        ChildDatabaseTroubleTests.RolledBackAt("root", after, "(WaitResult)");
        await world.RootRoute.HealAsync(Stop);
        await world.AgreesAsync(first, during);
        await world.AgreesAsync(second, after);
        await world.NextGroupWorksAsync();
    }
}
