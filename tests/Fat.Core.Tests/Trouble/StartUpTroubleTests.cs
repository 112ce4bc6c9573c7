using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Trouble;

/// <summary>
/// A process starts while a server is away, says so, and uses it when it is there: a restart of everything at once needs no order.
/// </summary>
public sealed class StartUpTroubleTests(Servers servers) : IAsyncLifetime
{
    private readonly TroubleWorld _world = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(RedisTrouble.Down)]
    [InlineData(RedisTrouble.Unreachable)]
    [InlineData(RedisTrouble.WrongPassword)]
    [InlineData(RedisTrouble.ReadOnly)]
    [InlineData(RedisTrouble.OutOfMemory)]
    public async Task Redis_is_in_trouble_at_start_up(RedisTrouble trouble)
    {
        await _world.RestartRootAsync(() => _world.Redis.StrikeAsync(trouble));
        await _world.RootLog.WaitForAsync("'presence'");

        await _world.Redis.HealAsync(trouble);
        await _world.NextGroupWorksAsync();
        await _world.NothingLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_database_is_away_at_start_up(bool silent)
    {
        await _world.NextGroupWorksAsync();
        await _world.RestartRootAsync(async () =>
        {
            if (silent)
                _world.RootRoute.BlackHole();
            else
                await _world.RootRoute.RefuseAsync(Stop);
        });

        Assert.Contains(_world.RootLog.Lines, line => line.Contains("database root cannot be reached at start-up", StringComparison.Ordinal));
        var id = _world.NextId();
        var result = await _world.GroupAsync(id);
        ChildDatabaseTroubleTests.RolledBackAt("root", result);
        await _world.RootRoute.HealAsync(Stop);
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }
}
