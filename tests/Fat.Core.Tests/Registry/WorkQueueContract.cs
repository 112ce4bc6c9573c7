using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

/// <summary>What queues of work do everywhere. The classes that inherit it say only where they are.</summary>
public abstract partial class WorkQueueContract : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(60);

    private readonly List<OpenRegistry> _open = [];

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected IWorkQueues Queues { get; private set; } = null!;

    private protected IGroupRegistry Inboxes { get; private set; } = null!;

    private protected QueueName Queue { get; } = QueueName.Calls(GroupSample.NewService());

    private protected InstanceId Me { get; } = GroupSample.NewInstance("orders");

    public ValueTask InitializeAsync()
    {
        var registry = OpenAnother();
        (Queues, Inboxes) = (registry.Queues, registry.Groups);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var registry in _open)
            await registry.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the registry of one more process.</summary>
    private protected abstract OpenRegistry Open();

    /// <summary>Everything is lost.</summary>
    private protected abstract Task LoseAsync();

    private protected OpenRegistry OpenAnother()
    {
        var registry = Open();
        _open.Add(registry);
        return registry;
    }

    /// <summary>Pieces whose body tells their id.</summary>
    private protected static WorkItem Item(string id, string? key = null, TimeSpan delay = default) => new(id, $"body of {id}") { Key = key, Delay = delay };

    private protected Task PutAsync(params WorkItem[] items) => Queues.PutAsync(Queue, items, Cancellation).AsTask();

    private protected Task PutAsync(params string[] ids) => PutAsync([.. ids.Select(id => Item(id))]);

    private protected async Task<IReadOnlyList<TakenItem>> TakeAsync(int most = 10, TimeSpan? lease = null, InstanceId? instance = null) =>
        (await Queues.TakeAsync(Queue, instance ?? Me, most, lease ?? Long, Cancellation)).Items;

    private protected async Task<TakenItem> TakeOneAsync(string id, TimeSpan? lease = null)
    {
        var taken = Assert.Single(await TakeAsync(1, lease));
        Assert.Equal(id, taken.Hold.Id);
        return taken;
    }

    private protected async Task<string> IdsAsync(int most = 10) => string.Join(' ', (await TakeAsync(most)).Select(item => item.Hold.Id));

    /// <summary>Takes one as soon as there is one.</summary>
    private protected async Task<TakenItem> AwaitOneAsync(TimeSpan? lease = null)
    {
        IReadOnlyList<TakenItem> taken = [];
        await UntilAsync(async () => (taken = await TakeAsync(1, lease)).Count == 1);
        return taken[0];
    }

    private protected async Task EndAsync(TakenItem item, WorkOutcome outcome = WorkOutcome.Done, TimeSpan delay = default, string? reason = null, string? body = null) =>
        Assert.Empty(await Queues.EndAsync(Queue, [new WorkEnd(item.Hold, outcome) { Delay = delay, Reason = reason, Body = body }], Cancellation));

    private protected async Task<bool> IsLostAsync(TakenItem item, WorkOutcome outcome = WorkOutcome.Done)
    {
        var lost = await Queues.EndAsync(Queue, [new WorkEnd(item.Hold, outcome)], Cancellation);
        Assert.Equal(lost.Count == 0 ? [] : [item.Hold], lost);
        return lost.Count == 1;
    }

    private protected async Task<WorkView?> ViewAsync(string id) => (await Queues.ReadAsync(Queue, [id], Cancellation))[0];

    private protected async Task AssertCountsAsync(long ready = 0, long later = 0, long taken = 0, long setAside = 0) =>
        Assert.Equal(new QueueCounts(ready, later, taken, setAside), await Queues.CountAsync(Queue, Cancellation));

    /// <summary>The signals that are in an inbox now.</summary>
    private protected async Task<IReadOnlyList<InboxMessage>> SignalsAsync(InstanceId instance) => await Inboxes.ReceiveAsync(instance, TimeSpan.Zero, Cancellation);

    /// <summary>The server's time, or a moment before it: by when a piece was due in another queue.</summary>
    private protected async Task<DateTimeOffset?> NowAsync()
    {
        var queue = QueueName.Calls(GroupSample.NewService());
        await Queues.PutAsync(queue, [Item("clock", delay: Long)], Cancellation);
        return (await Queues.ReadAsync(queue, ["clock"], Cancellation))[0]!.Due - Long;
    }

    private protected static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        while (!await condition())
            await ticks.WaitForNextTickAsync(limit.Token);
    }
}
