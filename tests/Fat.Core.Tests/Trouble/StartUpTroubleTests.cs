namespace Fat.Core.Tests.Trouble;

/// <summary>
/// A process starts while a server is away, says so, and uses it when it is there: a restart of everything at once needs no order.
/// </summary>
public sealed class StartUpTroubleTests(TroubleWorld world) : IAsyncLifetime, IClassFixture<TroubleWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.ReadyAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(RedisTrouble.Down)]
    [InlineData(RedisTrouble.Unreachable)]
    [InlineData(RedisTrouble.WrongPassword)]
    [InlineData(RedisTrouble.ReadOnly)]
    [InlineData(RedisTrouble.OutOfMemory)]
    public async Task Redis_is_in_trouble_at_start_up(RedisTrouble trouble)
    {
        await world.RestartRootAsync(() => world.Redis.StrikeAsync(trouble));
        await world.RootLog.WaitForAsync("'presence'");

        await world.Redis.HealAsync();
        await world.NextGroupWorksAsync();
        await world.NothingLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_database_is_away_at_start_up(bool silent)
    {
        await world.NextGroupWorksAsync();
        await world.RestartRootAsync(async () =>
        {
            if (silent)
                world.RootRoute.BlackHole();
            else
                await world.RootRoute.RefuseAsync(Stop);
        });

        Assert.Contains(world.RootLog.Lines, line => line.Contains("database root cannot be reached at start-up", StringComparison.Ordinal));
        var id = world.NextId();
        var result = await world.GroupAsync(id);
        ChildDatabaseTroubleTests.RolledBackAt("root", result);
        await world.RootRoute.HealAsync(Stop);
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }
}
