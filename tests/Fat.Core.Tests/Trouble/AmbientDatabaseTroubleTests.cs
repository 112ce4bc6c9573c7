using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Trouble;

/// <summary>The same through System.Transactions, whose commit and roll back block and take no token: that must not reach the caller.</summary>
public sealed class AmbientDatabaseTroubleTests(Servers servers, BreakablePostgres postgres) : IAsyncLifetime, IClassFixture<BreakablePostgres>
{
    private readonly TroubleWorld _world = new(servers, rootServer: postgres.Server) { Enlistment = FatEnlistment.Ambient };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await postgres.RunsAsync();
        await _world.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Restarted_before_the_group_it_is_not_noticed()
    {
        await _world.NextGroupWorksAsync();
        await postgres.Server.RestartAsync(Stop);

        await _world.NextGroupWorksAsync();
        await _world.NothingLeftAsync();
    }

    [Fact]
    public async Task Restarted_before_the_decision_the_group_rolls_back()
    {
        var id = _world.NextId();

        var result = await _world.GroupAsync(id, () => postgres.Server.RestartAsync(Stop));

        ChildDatabaseTroubleTests.RolledBackAt("root", result, "(database 'root')");
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Silent_at_the_decision_the_group_is_settled_when_it_is_back()
    {
        var id = _world.NextId();

        var result = await _world.GroupAsync(id, () =>
        {
            _world.RootRoute.BlackHole();
            return Task.CompletedTask;
        });

        Assert.IsType<FatInDoubtException>(result.Error);
        await _world.RootRoute.HealAsync(Stop);
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Silent_before_the_group_and_while_it_is_rolled_back_nobody_waits_for_it()
    {
        await _world.NextGroupWorksAsync();
        var (first, second) = (_world.NextId(), _world.NextId());

        var during = await _world.GroupAsync(first, () =>
        {
            _world.RootRoute.BlackHole();
            throw new InvalidOperationException("Out of stock.");
        });
        var after = await _world.GroupAsync(second);

        ChildDatabaseTroubleTests.RolledBackAt("root", during, "Out of stock.");
        ChildDatabaseTroubleTests.RolledBackAt("root", after, "(WaitResult)");
        await _world.RootRoute.HealAsync(Stop);
        await _world.AgreesAsync(first, during);
        await _world.AgreesAsync(second, after);
        await _world.NextGroupWorksAsync();
    }
}
