using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Dialects;

/// <summary>A barrier inside a [FatTransaction] method is part of the branch: its rows commit and go with the group.</summary>
[Collection(typeof(MariaDbCollection))]
public sealed class FatBarrierMethodTests(Servers servers, MariaDb server) : IAsyncLifetime
{
    private readonly TillWorld _world = new(servers, server);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task On_the_context_of_a_method(bool commits)
    {
        var id = _world.NextId();
        Assert.Equal(commits, await InContextAsync(id, commits));
        Assert.Equal(commits ? 1 : 0, await _world.Orders.QueryAsync<long>("SELECT count(*) FROM fat_barrier WHERE op = 'action'"));

        Assert.True(await InContextAsync(id, commits: true));
        await _world.Orders.SeesAsync(id, Stop);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task On_the_connection_of_a_method(bool commits)
    {
        var id = _world.NextId();
        Assert.Equal(commits, await OnConnectionAsync(id, commits));
        Assert.Equal(commits ? 1 : 0, await _world.Till.QueryAsync<long>("SELECT COUNT(*) FROM fat_barrier WHERE op = 'action'"));

        Assert.True(await OnConnectionAsync(id, commits: true));
        Assert.True(await _world.Till.HasAsync(id));
    }

    /// <summary>True when the group has committed. The item is inserted by the barrier's work alone, so a second time would fail.</summary>
    private async Task<bool> InContextAsync(int id, bool commits)
    {
        var result = await _world.Orders.RootAsync((orders, _) => orders.WorkAsync(async context =>
        {
            await new FatBarrier("msg", $"m{id}", "01", "action").CallAsync(
                context,
                async _ =>
                {
                    context.Items.Add(new Item { Id = id, Text = "once" });
                    await context.SaveChangesAsync(Stop);
                },
                Stop);
            Assert.NotNull(context.Database.CurrentTransaction);
            FailUnless(commits);
        }));
        return result.Error is null;
    }

    private async Task<bool> OnConnectionAsync(int id, bool commits)
    {
        var result = await _world.Till.RootAsync(till => till.RunAsync(async execute =>
        {
            var branch = FatLocalTransaction.Current!;
            await new FatBarrier("msg", $"m{id}", "01", "action").CallAsync(
                branch.Connection,
                given =>
                {
                    Assert.Same(branch.Transaction, given);
                    return execute($"INSERT INTO items (id, text) VALUES ({id}, 'once')");
                },
                Stop);
            FailUnless(commits);
        }));
        return result.Error is null;
    }

    private static void FailUnless(bool commits)
    {
        if (!commits)
            throw new InvalidOperationException("No change left.");
    }
}
