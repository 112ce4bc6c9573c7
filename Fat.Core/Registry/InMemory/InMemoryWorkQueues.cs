using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>The queues of work of a process that is alone. Fault-free, and otherwise the same as those on Redis; both pass one contract suite.</summary>
internal sealed class InMemoryWorkQueues(InMemoryRegistryStore store) : IWorkQueues
{
    public ValueTask PutAsync(QueueName queue, IReadOnlyList<WorkItem> items, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            store.Queue(queue).Put(items, store.Now);
            Tell(queue);
        }, cancellationToken);

    public ValueTask<TakenWork> TakeAsync(QueueName queue, InstanceId instance, int most, TimeSpan lease, CancellationToken cancellationToken) =>
        store.Run(() => store.Queue(queue).Take(instance, Math.Clamp(most, 1, RegistryLimits.PiecesPerTake), lease, store.Now), cancellationToken);

    public ValueTask<IReadOnlyList<WorkHold>> RenewAsync(
        QueueName queue, IReadOnlyList<WorkHold> holds, TimeSpan lease, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<WorkHold>>(() => [.. holds.Where(hold => !store.Queue(queue).Renew(hold, lease, store.Now))], cancellationToken);

    public ValueTask<IReadOnlyList<WorkHold>> EndAsync(QueueName queue, IReadOnlyList<WorkEnd> ends, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<WorkHold>>(() =>
        {
            List<WorkHold> lost = [.. ends.Where(end => !store.Queue(queue).End(end, store.Now)).Select(end => end.Hold)];
            Tell(queue);
            return lost;
        }, cancellationToken);

    public ValueTask<IReadOnlyList<WorkView?>> ReadAsync(QueueName queue, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<WorkView?>>(() => [.. ids.Select(id => View(store.Queue(queue).Find(id)))], cancellationToken);

    public ValueTask<QueueCounts> CountAsync(QueueName queue, CancellationToken cancellationToken) =>
        store.Run(() => store.Queue(queue).Counts, cancellationToken);

    public ValueTask<bool> RetryNowAsync(QueueName queue, string id, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            var found = store.Queue(queue).RetryNow(id, store.Now);
            Tell(queue);
            return found;
        }, cancellationToken);

    public ValueTask<bool> RemoveAsync(QueueName queue, string id, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            if (store.Queue(queue).Find(id) is not { } piece)
                return false;
            store.Queue(queue).Remove(piece, store.Now);
            Tell(queue);
            return true;
        }, cancellationToken);

    private void Tell(QueueName queue)
    {
        if (store.Queue(queue).Wake(store.Now) is { } instance)
            store.Inbox(instance).Push([new InboxMessage.Work(queue)], store.Now);
    }

    private WorkView? View(InMemoryPiece? piece) =>
        piece is null ? null : new WorkView(piece.Id, piece.State, piece.Failures, piece.Reason, piece.State == WorkState.Ready ? null : store.Utc(piece.At));
}
