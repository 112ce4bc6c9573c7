using Fat.Coordination;
using Fat.Core.Tests.World;
using Fat.Incidents;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Incidents;

/// <summary>Handlers and replayed methods that do not heed their token: nobody waits for them for ever.</summary>
public sealed class GuestWorkTests(Servers servers)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_that_never_returns_is_told_again_later(bool blocks)
    {
        using var never = new Never { Blocks = blocks };
        await using var services = new ServiceCollection().AddSingleton(never).AddTransient<IFatIncidentHandler, Handler>().BuildServiceProvider();
        await using var world = await HeldWorld.StartAsync(servers);
        var node = world.Safe.Services.GetRequiredService<Participant>().Node;
        var listeners = new Listeners(node, null, services) { Patience = TimeSpan.FromMilliseconds(100) };

        Assert.False(await listeners.HandleAsync(Happened(), Stop).WaitAsync(Deadline, TimeProvider.System, Stop));
        never.End();
        Assert.True(await listeners.HandleAsync(Happened(), Stop).WaitAsync(Deadline, TimeProvider.System, Stop));
        Assert.True(listeners.Longest > listeners.Patience + GuestWork.Grace);
    }

    [Fact]
    public async Task A_handler_that_never_returns_does_not_keep_the_process_from_stopping()
    {
        using var never = new Never();
        await using var world = await HeldWorld.StartAsync(servers, configure: fat =>
        {
            fat.Services.AddSingleton(never);
            fat.AddIncidentHandler<Handler>();
        });
        await world.LoseAsync(deposits => deposits.PutOnceAsync(world.NextId(), "once"));
        await never.Begun.WaitAsync(Deadline, TimeProvider.System, Stop);

        await world.Safe.StopAsync().WaitAsync(Deadline, TimeProvider.System, Stop);
    }

    [Fact]
    public async Task A_replay_that_never_returns_keeps_nobody_else_waiting_and_is_rolled_back_when_it_does()
    {
        using var never = new Never();
        await using var world = await HeldWorld.StartAsync(servers, options => options.WaitResult = TimeSpan.FromSeconds(2));
        var (hangs, other) = (world.NextId(), world.NextId());
        var calls = 0;

        // The branch's own run passes, the first replay hangs, the next one passes.
        world.Outside.DoAsync = what => what == "hangs" && Interlocked.Increment(ref calls) == 2 ? never.WaitAsync() : Task.CompletedTask;
        var hanging = await world.LoseAsync(async deposits => await deposits.PutAndCallAsync(hangs, "hangs"));
        await never.Begun.WaitAsync(Deadline, TimeProvider.System, Stop);
        var lost = await world.LoseAsync(async deposits => await deposits.PutAndCallAsync(other, "passes"));

        await world.IncidentAsync(lost, FatIncidentState.Replayed);
        Assert.True(await world.Safe.HasAsync(other));
        Assert.False(await world.Safe.HasAsync(hangs));

        never.End();
        await world.IncidentAsync(hanging, FatIncidentState.Replayed);
        Assert.True(await world.Safe.HasAsync(hangs));
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task A_replay_that_never_returns_does_not_keep_the_process_from_stopping()
    {
        using var never = new Never();
        await using var world = await HeldWorld.StartAsync(servers);
        var (id, calls) = (world.NextId(), 0);
        world.Outside.DoAsync = _ => Interlocked.Increment(ref calls) == 2 ? never.WaitAsync() : Task.CompletedTask;
        await world.LoseAsync(async deposits => await deposits.PutAndCallAsync(id, "hangs"));
        await never.Begun.WaitAsync(Deadline, TimeProvider.System, Stop);

        await world.Safe.StopAsync().WaitAsync(Deadline, TimeProvider.System, Stop);

        never.End();
        await LostBranchWorld.UntilAsync(() => world.Safe.QueryAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"), 0);
        Assert.False(await world.Safe.HasAsync(id));
    }

    private static FatIncidentEvent Happened() => new()
    {
        Id = "1",
        Kind = FatIncidentEventKind.Opened,
        Service = "safe",
        Instance = "safe",
        Database = "safe",
        Gid = "gid",
        Branch = "branch",
        Method = "method",
        Version = 1,
        Attempts = 0,
        At = TimeProvider.System.GetUtcNow(),
    };

    /// <summary>What does not end by itself, and heeds no token.</summary>
    public sealed class Never : IDisposable
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Blocks { get; init; }

        public Task Begun => _begun.Task;

        public Task WaitAsync()
        {
            _begun.TrySetResult();
            if (Blocks)
                _ended.Task.Wait(CancellationToken.None);
            return _ended.Task;
        }

        public void End() => _ended.TrySetResult();

        public void Dispose() => End();
    }

    private sealed class Handler(Never never) : IFatIncidentHandler
    {
        public Task HandleAsync(FatIncidentEvent happened, CancellationToken cancellationToken) => never.WaitAsync();
    }
}
