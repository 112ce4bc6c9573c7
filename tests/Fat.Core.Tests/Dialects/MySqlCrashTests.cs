using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Hosting;
using Fat.Protocol;

namespace Fat.Core.Tests.Dialects;

/// <summary>
/// A root's held branch on its decision database is as safe as a durable one: the server is killed, and starts again, right before and
/// right after the COMMIT that decides.
/// </summary>
[Collection(typeof(MariaDbCollection))]
public sealed class MySqlCrashTests(Servers servers, MariaDb server) : IAsyncLifetime
{
    private readonly TillWorld _world = new(servers, server);

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(false, FatOutcome.RolledBack)]
    [InlineData(true, FatOutcome.Committed)]
    public async Task A_crash_of_the_decision_database_leaves_all_or_nothing(bool decided, FatOutcome expected)
    {
        var id = _world.NextId();
        var strike = new Strike(decided, server.CrashAsync);
        await using var till = await _world.StartTillAsync(
            options =>
            {
                // The server has this long to start again, and half of six intervals: then "there is no row" no longer means rolled back.
                options.WaitCommit = TimeSpan.FromSeconds(15);
                options.RecoveryInterval = TimeSpan.FromSeconds(5);
            },
            fat => fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = strike);

        var result = await till.RootAsync(async branch =>
        {
            await branch.AddAsync(id);
            await _world.Orders.CallAsync((orders, token) => orders.AddAsync(id, token));
        });

        Assert.True(strike.HasStruck);
        Assert.Equal(expected, result.Outcome);
        await _world.NothingPreparedAsync(_world.Orders);
        Assert.Equal(decided, await till.HasAsync(id));
        Assert.Equal(decided, await _world.Orders.HasAsync(id));
        Assert.Equal(decided ? "committed" : "rolledback", await till.QueryAsync<string>($"SELECT reason FROM fat_barrier WHERE gid = '{result.Gid}'"));
    }

    private sealed class Strike(bool decided, Func<Task> crashAsync) : FaultPoints
    {
        private int _struck;

        public bool HasStruck => _struck != 0;

        public override ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) =>
            point == FaultPoint.Decide && !decided ? new ValueTask(CrashAsync()) : ValueTask.CompletedTask;

        public override ValueTask AfterAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) =>
            point == FaultPoint.Decide && decided ? new ValueTask(CrashAsync()) : ValueTask.CompletedTask;

        private async Task CrashAsync()
        {
            if (Interlocked.Exchange(ref _struck, 1) != 0)
                return;
            await crashAsync();
            if (decided)
                throw new IOException("The answer to the COMMIT is lost.");
        }
    }
}
