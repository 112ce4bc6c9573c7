using Fat.Messages;
using Fat.Protocol;
using Fat.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Messages;

/// <summary>What a worker does with pieces that it took in advance.</summary>
public sealed class QueueWorkerTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_piece_whose_lease_was_lost_while_it_waited_is_not_worked_on()
    {
        var center = world.Orders.Services.GetRequiredService<MessageCenter>();
        var (queues, queue) = (new Counted(center.Queues), QueueName.Deliveries(FatName.Parse("prefetched", "topic"), FatName.Parse("group", "group")));
        var (began, gate) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var worked = new List<string>();
        await center.Queues.PutAsync(queue, [new WorkItem("first", "1"), new WorkItem("second", "2")], Stop);
        await using (new QueueWorker(center with { Queues = queues }, queue, new WorkerSettings(Concurrency: 1, Prefetch: 1, TimeSpan.FromSeconds(5)), WorkAsync))
        {
            await began.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Stop);
            await Dialects.TillWorld.UntilAsync(async () => (await center.Queues.CountAsync(queue, Stop)).Taken == 2);
            foreach (var id in (string[])["first", "second"])
                Assert.True(await center.Queues.RemoveAsync(queue, id, Stop));

            // When it renews once more it has dealt with all that the last renewal has lost.
            var renewed = queues.Renewals;
            await Dialects.TillWorld.UntilAsync(() => Task.FromResult(queues.Renewals >= renewed + 3));
            gate.SetResult();
            await Dialects.TillWorld.UntilAsync(() => Task.FromResult(queues.Ended == 2));
        }

        // Whichever of the two began.
        Assert.Single(worked);

        async Task<WorkResult> WorkAsync(TakenItem item, CancellationToken cancellationToken)
        {
            worked.Add(item.Hold.Id);
            began.TrySetResult();
            await gate.Task;
            return new WorkResult(new WorkEnd(item.Hold, WorkOutcome.Done));
        }
    }

    /// <summary>Counts what a worker asks of the queues.</summary>
    private sealed class Counted(IWorkQueues queues) : IWorkQueues
    {
        private int _renewals;
        private int _ended;

        public int Renewals => Volatile.Read(ref _renewals);

        public int Ended => Volatile.Read(ref _ended);

        public ValueTask PutAsync(QueueName queue, IReadOnlyList<WorkItem> items, CancellationToken cancellationToken) => queues.PutAsync(queue, items, cancellationToken);

        public ValueTask<TakenWork> TakeAsync(QueueName queue, InstanceId instance, int most, TimeSpan lease, CancellationToken cancellationToken) =>
            queues.TakeAsync(queue, instance, most, lease, cancellationToken);

        public ValueTask<IReadOnlyList<WorkHold>> RenewAsync(QueueName queue, IReadOnlyList<WorkHold> holds, TimeSpan lease, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _renewals);
            return queues.RenewAsync(queue, holds, lease, cancellationToken);
        }

        public async ValueTask<IReadOnlyList<WorkHold>> EndAsync(QueueName queue, IReadOnlyList<WorkEnd> ends, CancellationToken cancellationToken)
        {
            var lost = await queues.EndAsync(queue, ends, cancellationToken);
            Interlocked.Add(ref _ended, ends.Count);
            return lost;
        }

        public ValueTask<IReadOnlyList<WorkView?>> ReadAsync(QueueName queue, IReadOnlyList<string> ids, CancellationToken cancellationToken) => queues.ReadAsync(queue, ids, cancellationToken);

        public ValueTask<QueueCounts> CountAsync(QueueName queue, CancellationToken cancellationToken) => queues.CountAsync(queue, cancellationToken);

        public ValueTask<bool> RetryNowAsync(QueueName queue, string id, CancellationToken cancellationToken) => queues.RetryNowAsync(queue, id, cancellationToken);

        public ValueTask<bool> RemoveAsync(QueueName queue, string id, CancellationToken cancellationToken) => queues.RemoveAsync(queue, id, cancellationToken);
    }
}
