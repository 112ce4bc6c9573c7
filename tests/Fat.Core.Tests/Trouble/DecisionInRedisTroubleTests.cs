using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fat.Core.Tests.Trouble;

/// <summary>A root without a database decides in Redis: without it the group is in doubt, and ends when Redis is back.</summary>
public sealed class DecisionInRedisTroubleTests(Servers servers) : IAsyncLifetime
{
    private readonly TroubleWorld _world = new(servers);
    private IHost _gateway = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<RedisTrouble> Lasting => [.. Enum.GetValues<RedisTrouble>().Where(BreakableRedis.Lasts)];

    public async ValueTask InitializeAsync()
    {
        await _world.InitializeAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "gateway" });
        builder.Services.AddFat(_world.Set);
        _gateway = builder.Build();
        await _gateway.StartAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.NothingPreparedAsync(_world.Child);
        await _gateway.StopAsync(Stop);
        _gateway.Dispose();
        await _world.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task The_group_is_in_doubt_until_Redis_is_back(RedisTrouble trouble)
    {
        await CommitsAsync();
        var id = _world.NextId();

        var result = await GroupAsync(id, () => _world.Redis.StrikeAsync(trouble));

        Assert.True(result.Outcome == FatOutcome.InDoubt, $"{result.Outcome}: {result.Error}");
        var error = Assert.IsType<FatInDoubtException>(result.Error);
        Assert.Contains("The registry did not do 'decide'", error.Message, StringComparison.Ordinal);
        await _world.Redis.HealAsync(trouble);
        await _world.NothingPreparedAsync(_world.Child);
        await CommitsAsync();
    }

    /// <summary>What Redis has lost it never commits.</summary>
    [Fact]
    public async Task Restarted_without_its_data_it_rolls_back()
    {
        var id = _world.NextId();

        var result = await GroupAsync(id, () => _world.Redis.StrikeAsync(RedisTrouble.Restarted));

        Assert.NotEqual(FatOutcome.Committed, result.Outcome);
        await _world.NothingPreparedAsync(_world.Child);
        Assert.False(await _world.Child.HasAsync(id));
        await TroubleWorld.UntilAsync(async () => (await GroupAsync(_world.NextId())).Outcome == FatOutcome.Committed);
    }

    private async Task CommitsAsync()
    {
        var id = _world.NextId();
        var result = await GroupAsync(id);
        Assert.True(result.Outcome == FatOutcome.Committed, $"{result.Error}");
        await _world.Child.SeesAsync(id, Stop);
    }

    private async Task<FatScopeResult> GroupAsync(int id, Func<Task>? afterVote = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        var result = await _gateway.Services.GetRequiredService<IFatScopes>().RunAsync(
            new FatScopeRequest("gateway.Root", new FatServiceRegisterAttribute()),
            async _ =>
            {
                await _world.Child.CallAsync((items, token) => items.AddAsync(id, token));
                if (afterVote is not null)
                    await afterVote();
                return null;
            },
            Stop);
        var took = TimeProvider.System.GetElapsedTime(began);
        Assert.True(took < _world.Longest, $"the group took {took}, its waits allow {_world.Longest}");
        return result;
    }
}
