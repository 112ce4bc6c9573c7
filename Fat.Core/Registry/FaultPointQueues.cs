using Fat.Faults;
using Fat.Protocol;

namespace Fat.Registry;

/// <summary>Queues of work with fault points around their messages. Only there when a test has set some.</summary>
internal sealed class FaultPointQueues(IWorkQueues queues, FaultPoints faults) : IWorkQueues
{
    public async ValueTask PutAsync(QueueName queue, IReadOnlyList<WorkItem> items, CancellationToken cancellationToken)
    {
        await faults.BeforeAsync(FaultPoint.PutWork).ConfigureAwait(false);
        await queues.PutAsync(queue, items, cancellationToken).ConfigureAwait(false);
        await faults.AfterAsync(FaultPoint.PutWork).ConfigureAwait(false);
    }

    /// <summary>Nothing is lost with an answer that is empty, so only work is struck.</summary>
    public async ValueTask<TakenWork> TakeAsync(QueueName queue, InstanceId instance, int most, TimeSpan lease, CancellationToken cancellationToken)
    {
        var taken = await queues.TakeAsync(queue, instance, most, lease, cancellationToken).ConfigureAwait(false);
        if (taken.Items.Count > 0)
            await faults.AfterAsync(FaultPoint.TakeWork).ConfigureAwait(false);
        return taken;
    }

    public async ValueTask<IReadOnlyList<WorkHold>> RenewAsync(QueueName queue, IReadOnlyList<WorkHold> holds, TimeSpan lease, CancellationToken cancellationToken)
    {
        await faults.BeforeAsync(FaultPoint.RenewWork).ConfigureAwait(false);
        var lost = await queues.RenewAsync(queue, holds, lease, cancellationToken).ConfigureAwait(false);
        await faults.AfterAsync(FaultPoint.RenewWork).ConfigureAwait(false);
        return lost;
    }

    public async ValueTask<IReadOnlyList<WorkHold>> EndAsync(QueueName queue, IReadOnlyList<WorkEnd> ends, CancellationToken cancellationToken)
    {
        await faults.BeforeAsync(FaultPoint.EndWork).ConfigureAwait(false);
        var lost = await queues.EndAsync(queue, ends, cancellationToken).ConfigureAwait(false);
        await faults.AfterAsync(FaultPoint.EndWork).ConfigureAwait(false);
        return lost;
    }

    public ValueTask<IReadOnlyList<WorkView?>> ReadAsync(QueueName queue, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        queues.ReadAsync(queue, ids, cancellationToken);

    public ValueTask<QueueCounts> CountAsync(QueueName queue, CancellationToken cancellationToken) => queues.CountAsync(queue, cancellationToken);

    public ValueTask<bool> RetryNowAsync(QueueName queue, string id, CancellationToken cancellationToken) => queues.RetryNowAsync(queue, id, cancellationToken);

    public ValueTask<bool> RemoveAsync(QueueName queue, string id, CancellationToken cancellationToken) => queues.RemoveAsync(queue, id, cancellationToken);
}
