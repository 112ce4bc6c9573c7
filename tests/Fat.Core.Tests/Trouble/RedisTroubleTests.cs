using Fat.Core.Tests.World;
using Fat.Testing.Network;

namespace Fat.Core.Tests.Trouble;

/// <summary>
/// Redis fails at every point of a group whose child answers prepared: nothing of Redis is needed to decide, so all of them commit, and
/// the child hears of it when Redis is back.
/// </summary>
public sealed class RedisTroubleTests(Servers servers) : IAsyncLifetime
{
    private readonly TroubleWorld _world = new(servers);

    public static TheoryData<RedisTrouble> Troubles => [.. Enum.GetValues<RedisTrouble>()];

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Before_the_group_begins(RedisTrouble trouble)
    {
        await _world.NextGroupWorksAsync();
        await _world.Redis.StrikeAsync(trouble);
        var id = _world.NextId();

        var result = await _world.GroupAsync(id);

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        if (BreakableRedis.Lasts(trouble))
            await LastsAsync();
        await _world.Redis.HealAsync(trouble);
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Between_the_vote_and_the_decision(RedisTrouble trouble)
    {
        var id = _world.NextId();

        var result = await _world.GroupAsync(id, () => _world.Redis.StrikeAsync(trouble));

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await _world.Redis.HealAsync(trouble);
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Between_the_decision_and_the_acknowledgement(RedisTrouble trouble)
    {
        var id = _world.NextId();
        var result = await _world.GroupAsync(id, () =>
        {
            _world.ChildRoute.ToServer.Rule = TrafficRule.Hold;
            return Task.CompletedTask;
        });
        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await _world.Redis.DecidedAsync(_world.KeyPrefix, result.Gid, TestContext.Current.CancellationToken);

        await _world.Redis.StrikeAsync(trouble);
        await _world.ChildRoute.HealAsync(TestContext.Current.CancellationToken);
        await _world.Redis.HealAsync(trouble);

        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    /// <summary>Longer than any connection is believed in: both processes have missed several heartbeats, one a second.</summary>
    private Task LastsAsync() =>
        Task.WhenAll(_world.RootLog.WaitForAsync("'presence'", times: 2), _world.ChildLog.WaitForAsync("'presence'", times: 2));
}
