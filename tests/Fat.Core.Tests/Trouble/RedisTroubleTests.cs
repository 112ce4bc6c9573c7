using Fat.TestServers.Network;

namespace Fat.Core.Tests.Trouble;

/// <summary>
/// Redis fails at every point of a group whose child answers prepared: nothing of Redis is needed to decide, so all of them commit, and
/// the child hears of it when Redis is back.
/// </summary>
public sealed class RedisTroubleTests(TroubleWorld world) : IAsyncLifetime, IClassFixture<TroubleWorld>
{
    public static TheoryData<RedisTrouble> Troubles => [.. Enum.GetValues<RedisTrouble>()];

    public async ValueTask InitializeAsync() => await world.ReadyAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Before_the_group_begins(RedisTrouble trouble)
    {
        await world.NextGroupWorksAsync();
        await world.Redis.StrikeAsync(trouble);
        var id = world.NextId();

        var result = await world.GroupAsync(id);

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        if (BreakableRedis.Lasts(trouble))
            await LastsAsync();
        await world.Redis.HealAsync();
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Between_the_vote_and_the_decision(RedisTrouble trouble)
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, () => world.Redis.StrikeAsync(trouble));

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await world.Redis.HealAsync();
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Between_the_decision_and_the_acknowledgement(RedisTrouble trouble)
    {
        var id = world.NextId();
        var result = await world.GroupAsync(id, () =>
        {
            world.ChildRoute.ToServer.Rule = TrafficRule.Hold;
            return Task.CompletedTask;
        });
        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await world.Redis.DecidedAsync(world.KeyPrefix, result.Gid, TestContext.Current.CancellationToken);

        await world.Redis.StrikeAsync(trouble);
        await world.ChildRoute.HealAsync(TestContext.Current.CancellationToken);
        await world.Redis.HealAsync();

        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    /// <summary>Longer than any connection is believed in: both processes have missed several heartbeats, one a second.</summary>
    private Task LastsAsync() =>
        Task.WhenAll(world.RootLog.WaitForAsync("'presence'", times: 2), world.ChildLog.WaitForAsync("'presence'", times: 2));
}
