using Fat.Coordination;
using Fat.Core.Tests.World;
using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.InMemory;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Monitor;

/// <summary>What is told to a registry that is away, too slow, or there again.</summary>
public sealed class HistoryRecorderTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    private const int Capacity = 10_000;

    private static readonly FatName Service = FatName.Parse("orders", "service");

    [Fact]
    public async Task What_does_not_fit_is_left_out_and_counted()
    {
        var history = new SlowHistory();
        await using var recorder = Recorder(history);
        Settle(recorder, 1);
        await history.Asked;

        // The one that is being told is in the buffer no more.
        Settle(recorder, Capacity + 500);

        Assert.InRange(recorder.Dropped, 500, 501);
        history.Answer();
    }

    [Fact]
    public async Task A_stop_tells_what_there_is()
    {
        var store = new InMemoryRegistryStore(TimeProvider.System);
        var history = new InMemoryHistory(store);
        var gid = GroupId.New(TimeProvider.System.GetUtcNow());
        await using (var recorder = Recorder(history))
        {
            Settle(recorder, 2000);
            recorder.Settled(gid, Decision.Committed, Service);
        }

        Assert.NotNull(await history.FindAsync(Service, gid, TestContext.Current.CancellationToken));
        Assert.Equal(2001, (await history.CountAsync(Service, PastStep.Hour, 2, TestContext.Current.CancellationToken)).Sum(count => count.Committed));
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_registry_that_does_not_answer()
    {
        var recorder = Recorder(new SlowHistory());
        Settle(recorder, 3000);

        var began = TimeProvider.System.GetTimestamp();
        await recorder.DisposeAsync();

        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(3000, recorder.Dropped);
    }

    [Fact]
    public async Task A_stop_gives_up_at_once_when_the_registry_is_away()
    {
        var history = new SlowHistory();
        history.Refuse();
        var recorder = Recorder(history);
        Settle(recorder, 3000);

        await recorder.DisposeAsync();

        Assert.Equal(3000, recorder.Dropped);
    }

    [Fact]
    public async Task Nothing_is_remembered_when_it_is_switched_off()
    {
        var history = new SlowHistory();
        await using var recorder = new HistoryRecorder(world.Orders.Services.GetRequiredService<Node>() with { History = history, HistoryKept = 0 });
        Settle(recorder, 100);
        await recorder.DisposeAsync();

        Assert.False(history.Asked.IsCompleted);
        Assert.Equal(0, recorder.Dropped);
    }

    private HistoryRecorder Recorder(IHistory history) => new(world.Orders.Services.GetRequiredService<Node>() with { History = history, HistoryKept = 10_000 });

    private static void Settle(HistoryRecorder recorder, int groups)
    {
        for (var number = 0; number < groups; number++)
            recorder.Settled(GroupId.New(TimeProvider.System.GetUtcNow()), Decision.Committed, Service);
    }

    /// <summary>It takes nothing until it is told to.</summary>
    private sealed class SlowHistory : IHistory
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public void Answer() => _answer.TrySetResult();

        public void Refuse() => _answer.TrySetException(new RegistryUnavailableException("tell of groups", new TimeoutException()));

        public async ValueTask TellAsync(FatName service, IReadOnlyList<PastEntry> entries, FatName teller, int kept, CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            await _answer.Task.WaitAsync(cancellationToken);
        }

        public ValueTask<IReadOnlyList<FatName>> ServicesAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<PastGroup>> ListAsync(FatName service, PastQuery query, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<PastRecord?> FindAsync(FatName service, GroupId gid, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<PastCount>> CountAsync(FatName service, PastStep step, int count, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask TellStatusAsync(InstanceId instance, string status, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<AliveInstance>> InstancesAsync(TimeSpan within, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
