using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Dialects;

/// <summary>Raw ADO.NET and Dapper inside a TransactionScope, on MariaDB.</summary>
[Collection(typeof(MariaDbCollection))]
public sealed class MySqlAmbientTests(Servers servers, MariaDb server) : IAsyncLifetime
{
    private readonly TillWorld _world = new(servers, server, FatEnlistment.Ambient);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TillService Till => _world.Till;

    private Service Orders => _world.Orders;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_root_carries_the_decision_of_its_group()
    {
        var (id, other) = (_world.NextId(), _world.NextId());
        var result = await Till.RootAsync(async _ =>
        {
            await SafeAsync(safe => safe.AddAsync(id, other));
            await Orders.CallAsync((orders, token) => orders.AddAsync(id, token));
            Assert.False(await Till.HasAsync(id));
        });

        Assert.Null(result.Error);
        Assert.True(await Till.HasAsync(id) && await Till.HasAsync(other));
        await Orders.SeesAsync(id, Stop);
        Assert.Equal(result.Gid, await Till.QueryAsync<string>("SELECT gid FROM fat_barrier WHERE reason = 'committed'"));
    }

    [Fact]
    public async Task A_held_child_commits_with_its_group()
    {
        var (id, other) = (_world.NextId(), _world.NextId());
        var result = await Orders.RootAsync(async (orders, token) =>
        {
            await orders.AddAsync(id, token);
            await Till.CallAsync(_ => SafeAsync(safe => safe.AddAsync(id, other)));
            Assert.False(await Till.HasAsync(id));
        });

        Assert.Null(result.Error);
        await TillWorld.UntilAsync(() => Till.HasAsync(id));
        Assert.True(await Till.HasAsync(other));
    }

    [Fact]
    public async Task A_held_child_rolls_back_with_its_group()
    {
        var (id, other) = (_world.NextId(), _world.NextId());
        var result = await Orders.RootAsync(async (orders, _) =>
        {
            await Till.CallAsync(_ => SafeAsync(safe => safe.AddAsync(id, other)));
            await orders.AddThenFailAsync(id);
        });

        Assert.IsType<FatAbortedException>(result.Error);
        await NowhereAsync(id, other);
    }

    [Fact]
    public async Task A_method_that_fails_keeps_nothing()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync((_, _) => Till.CallAsync(_ => SafeAsync(safe => safe.AddThenFailAsync(id))));

        Assert.Contains("Jammed.", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        await NowhereAsync(id, -id);
    }

    [Fact]
    public async Task Two_connections_at_once_are_one_session_of_this_driver_and_roll_back_together()
    {
        var (id, other) = (_world.NextId(), _world.NextId());
        var result = await Orders.RootAsync(async (orders, _) =>
        {
            await Till.CallAsync(_ => SafeAsync(safe => safe.TwoConnectionsAtOnceAsync(id, other)));
            Assert.Equal(1, await Till.OpenAsync());
            await orders.AddThenFailAsync(id);
        });

        Assert.IsType<FatAbortedException>(result.Error);
        await NowhereAsync(id, other);
    }

    [Fact]
    public async Task Groups_at_the_same_time_end_each_by_its_own_decision()
    {
        const int Count = 8;
        int[] ids = [.. Enumerable.Range(0, Count).Select(_ => _world.NextId())];
        var (open, allOpen) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var results = await Task.WhenAll(ids.Select(id => Task.Run(() => Till.RootAsync(async _ =>
        {
            await SafeAsync(safe => safe.AddAsync(id, -id));
            if (Interlocked.Increment(ref open) == Count)
                allOpen.SetResult();
            await allOpen.Task.WaitAsync(TimeSpan.FromSeconds(8), TimeProvider.System, Stop);
            if (id % 2 == 0)
                throw new InvalidOperationException("Jammed.");
        }))));

        Assert.All(ids.Zip(results), pair =>
        {
            if (pair.First % 2 != 0)
                Assert.Null(pair.Second.Error);
            else
                Assert.Contains("Jammed.", Assert.IsType<FatAbortedException>(pair.Second.Error).Reason, StringComparison.Ordinal);
        });
        await TillWorld.UntilAsync(async () => await Till.OpenAsync() == 0);
        foreach (var id in ids)
            Assert.Equal((id, id % 2 != 0, id % 2 != 0), (id, await Till.HasAsync(id), await Till.HasAsync(-id)));
    }

    private async Task SafeAsync(Func<ISafe, Task> body)
    {
        await using var scope = Till.Services.CreateAsyncScope();
        await body(scope.ServiceProvider.GetRequiredService<ISafe>());
    }

    private async Task NowhereAsync(int id, int other)
    {
        await TillWorld.UntilAsync(async () => await Till.OpenAsync() == 0);
        Assert.False(await Till.HasAsync(id) || await Till.HasAsync(other) || await Orders.HasAsync(id));
    }
}
