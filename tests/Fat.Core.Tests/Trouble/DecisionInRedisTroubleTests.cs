using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fat.Core.Tests.Trouble;

/// <summary>A root without a database decides in Redis: without it the group is in doubt, and ends when Redis is back.</summary>
public sealed class DecisionInRedisTroubleTests(DecisionInRedisTroubleTests.GatewayWorld world) : IAsyncLifetime, IClassFixture<DecisionInRedisTroubleTests.GatewayWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<RedisTrouble> Lasting => [.. Enum.GetValues<RedisTrouble>().Where(BreakableRedis.Lasts)];

    public async ValueTask InitializeAsync() => await world.ReadyAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task The_group_is_in_doubt_until_Redis_is_back(RedisTrouble trouble)
    {
        await CommitsAsync();
        var id = world.NextId();

        var result = await GroupAsync(id, () => world.Redis.StrikeAsync(trouble));

        Assert.True(result.Outcome == FatOutcome.InDoubt, $"{result.Outcome}: {result.Error}");
        var error = Assert.IsType<FatInDoubtException>(result.Error);
        Assert.Contains("The registry did not do 'decide'", error.Message, StringComparison.Ordinal);
        await world.Redis.HealAsync();
        await world.NothingPreparedAsync(world.Child);
        await CommitsAsync();
    }

    /// <summary>What Redis has lost it never commits.</summary>
    [Fact]
    public async Task Restarted_without_its_data_it_rolls_back()
    {
        var id = world.NextId();

        var result = await GroupAsync(id, () => world.Redis.StrikeAsync(RedisTrouble.Restarted));

        Assert.NotEqual(FatOutcome.Committed, result.Outcome);
        await world.NothingPreparedAsync(world.Child);
        Assert.False(await world.Child.HasAsync(id));
        await TroubleWorld.UntilAsync(async () => (await GroupAsync(world.NextId())).Outcome == FatOutcome.Committed);
    }

    private async Task CommitsAsync()
    {
        var id = world.NextId();
        var result = await GroupAsync(id);
        Assert.True(result.Outcome == FatOutcome.Committed, $"{result.Error}");
        await world.Child.SeesAsync(id, Stop);
    }

    private async Task<FatScopeResult> GroupAsync(int id, Func<Task>? afterVote = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        var result = await world.Gateway.Services.GetRequiredService<IFatScopes>().RunAsync(
            new FatScopeRequest("gateway.Root", new FatServiceRegisterAttribute()),
            async _ =>
            {
                await world.Child.CallAsync((items, token) => items.AddAsync(id, token));
                if (afterVote is not null)
                    await afterVote();
                return null;
            },
            Stop);
        var took = TimeProvider.System.GetElapsedTime(began);
        Assert.True(took < world.Longest, $"the group took {took}, its waits allow {world.Longest}");
        return result;
    }

    public sealed class GatewayWorld(Servers servers) : TroubleWorld(servers)
    {
        public IHost Gateway { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "gateway" });
            builder.Services.AddFat(Configure);
            Gateway = builder.Build();
            await Gateway.StartAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await NothingPreparedAsync(Child);
            await Gateway.StopAsync();
            Gateway.Dispose();
            await base.DisposeAsync();
        }
    }
}
