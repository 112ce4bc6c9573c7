using Fat.TestServers.Network;
using Microsoft.EntityFrameworkCore;

namespace Fat.Core.Tests.Trouble;

/// <summary>An early vote travels through Redis: without it the group rolls back after WaitCommit, and says why.</summary>
public sealed class RedisTroubleWithEarlyAnswersTests(EarlyTroubleWorld world) : IAsyncLifetime, IClassFixture<EarlyTroubleWorld>
{
    public static TheoryData<RedisTrouble> Troubles => [.. Enum.GetValues<RedisTrouble>()];

    public static TheoryData<RedisTrouble> Lasting => [.. Enum.GetValues<RedisTrouble>().Where(BreakableRedis.Lasts)];

    public async ValueTask InitializeAsync() => await world.ReadyAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task A_vote_that_cannot_be_cast_rolls_the_group_back(RedisTrouble trouble)
    {
        await world.NextGroupWorksAsync();
        await world.Redis.StrikeAsync(trouble);
        var id = world.NextId();

        // The answer does not carry the vote: the branch prepares behind it.
        var result = await world.GroupAsync(
            id,
            afterVote: () => world.ChildRoute.HealAsync(),
            child: (items, _) => items.WorkAsync(async context =>
            {
                await context.Database.ExecuteSqlAsync($"INSERT INTO items (id, text) VALUES ({id}, 'added')", TestContext.Current.CancellationToken);
                world.ChildRoute.ToServer.Rule = TrafficRule.Hold;
            }));

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal(result.Gid, error.Gid);
        Assert.Contains("votes missing of branches 1-", error.Reason, StringComparison.Ordinal);
        Assert.Contains("The registry did not do 'seal'", error.Reason, StringComparison.Ordinal);
        Assert.Contains("prepared answers (Fat:Answer) do not need it", error.Reason, StringComparison.Ordinal);
        await world.Redis.HealAsync();
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Forgotten_scripts_are_not_noticed()
    {
        await world.NextGroupWorksAsync();
        await world.Redis.StrikeAsync(RedisTrouble.ScriptsForgotten);
        var id = world.NextId();

        var result = await world.GroupAsync(id, () => world.Redis.StrikeAsync(RedisTrouble.ScriptsForgotten));

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await world.AgreesAsync(id, result);
    }

    /// <summary>The vote may be in Redis, lost, or on its way: which of the two it is depends on that, and the databases agree in any case.</summary>
    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task A_vote_that_may_have_been_cast_is_obeyed_or_rolled_back(RedisTrouble trouble)
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, () => world.Redis.StrikeAsync(trouble));

        if (result.Outcome != FatOutcome.Committed)
            Assert.Contains("votes missing of branches 1-", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        await world.Redis.HealAsync();
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }
}
