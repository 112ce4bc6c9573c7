using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

/// <summary>What work and messages cost: counted by the server, as commands that clients sent.</summary>
public sealed class RedisWorkCommandCountTests(PlainRedisFixture fixture) : IClassFixture<PlainRedisFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private static readonly MessageOrigin Origin = new(GroupSample.Database, "{}");

    private readonly QueueName _queue = QueueName.Calls(GroupSample.NewService());
    private readonly FatName _service = GroupSample.NewService();
    private readonly InstanceId _me = GroupSample.NewInstance("orders");
    private OpenRegistry _registry = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _registry = OpenRegistry.Of(new FatRedisOptions { Host = fixture.Server.Host, Port = fixture.Server.Port });
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task Sixty_four_pieces_cost_as_much_as_one()
    {
        var queues = _registry.Queues;
        for (var round = 0; round < 2; round++)
        {
            // The first round makes the server know the scripts.
            var items = Enumerable.Range(0, 64).Select(number => new WorkItem($"{round}-{number}", "body")).ToList();
            await CostsAsync(round, 1, () => queues.PutAsync(_queue, items, Cancellation).AsTask());
            var taken = await queues.TakeAsync(_queue, _me, 64, Long, Cancellation);
            await CostsAsync(round, 1, () => queues.RenewAsync(_queue, [.. taken.Items.Select(item => item.Hold)], Long, Cancellation).AsTask());
            await CostsAsync(round, 1, () => queues.ReadAsync(_queue, [.. items.Select(item => item.Id)], Cancellation).AsTask());
            await CostsAsync(round, 1, () => queues.EndAsync(_queue, [.. taken.Items.Select(item => new WorkEnd(item.Hold, WorkOutcome.Done))], Cancellation).AsTask());
            await CostsAsync(round, 1, () => queues.TakeAsync(_queue, _me, 64, Long, Cancellation).AsTask());
            await CostsAsync(round, 2, () => queues.PutAsync(_queue, items, Cancellation).AsTask());
            await CostsAsync(round, 1, () => queues.TakeAsync(_queue, _me, 64, Long, Cancellation).AsTask());
            await CostsAsync(round, 1, () => queues.CountAsync(_queue, Cancellation).AsTask());
            await CostsAsync(round, 1, () => queues.RetryNowAsync(_queue, items[0].Id, Cancellation).AsTask());
            await CostsAsync(round, 1, () => queues.RemoveAsync(_queue, items[0].Id, Cancellation).AsTask());
        }
    }

    private static List<MessagePlace> Places(IEnumerable<MessageId> ids) => [.. ids.Select(id => new MessagePlace(id, Origin.Database))];

    [Fact]
    public async Task Sixty_four_messages_cost_as_much_as_one()
    {
        var records = _registry.Messages;
        for (var round = 0; round < 2; round++)
        {
            var ids = Enumerable.Range(0, 64).Select(number => MessageId.TryParse($"{round}-{number}", out var id) ? id : default).ToList();
            await CostsAsync(round, 1, () => records.PrepareAsync(_service, ids[0], Origin, Long, Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.CancelAsync(_service, ids[0], "rolled back", Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.SubmitAsync(_service, [.. ids.Select(id => new SubmittedMessage(id, Origin, ["01"]))], Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.TellAsync(_service, [.. ids.Select(id => new BranchNews(id, "01", BranchState.Consumed, 1, null))], Long, Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.ReadAsync(_service, ids, Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.TakeOverdueAsync(_service, 64, Long, Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.TakeEndedAsync(_service, 64, Long, Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.EndedAmongAsync(_service, Places(ids), Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.ForgetEndedAsync(_service, Places(ids), Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.ListAsync(_service, MessageState.Consumed, 0, 64, Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.CountAsync(_service, MessageState.Consumed, Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.SubscribeAsync(_service, _service, Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.GroupsAsync(_service, Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.TopicsAsync(Cancellation).AsTask());
            await CostsAsync(round, 1, () => records.UnsubscribeAsync(_service, _service, Cancellation).AsTask());
        }
    }

    private async Task CostsAsync(int round, int expected, Func<Task> operation)
    {
        await using var counter = await CommandCounter.StartAsync(fixture, Cancellation);
        await operation();
        var count = await counter.StopAsync(Cancellation);
        if (round > 0)
            Assert.Equal(expected, count);
    }
}
