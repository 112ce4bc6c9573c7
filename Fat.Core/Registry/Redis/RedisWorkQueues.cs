using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// The queues of work on the server that has the registry. An operation that fails behind its own command may have taken effect and nobody been told: takers
/// look again by themselves.
/// </summary>
internal sealed class RedisWorkQueues(RedisConnection connection, RedisKeys keys) : IWorkQueues
{
    private readonly RedisQueueScripts _scripts = new(keys);
    private readonly RedisServiceScripts _services = new(keys);

    /// <summary>Many go in several commands, one after the other: they keep their order.</summary>
    public async ValueTask PutAsync(QueueName queue, IReadOnlyList<WorkItem> items, CancellationToken cancellationToken)
    {
        foreach (var chunk in items.Chunk(RegistryLimits.PiecesTogether))
        {
            var idle = await RunAsync("put work", database => _scripts.PutAsync(database, queue, chunk), cancellationToken).ConfigureAwait(false);
            await TellAsync(queue, idle, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<TakenWork> TakeAsync(
        QueueName queue, InstanceId instance, int most, TimeSpan lease, CancellationToken cancellationToken)
    {
        var bounded = Math.Clamp(most, 1, RegistryLimits.PiecesPerTake);
        return await RunAsync("take work", database => _scripts.TakeAsync(database, queue, instance, bounded, lease), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<WorkHold>> RenewAsync(
        QueueName queue, IReadOnlyList<WorkHold> holds, TimeSpan lease, CancellationToken cancellationToken)
    {
        var lost = new List<WorkHold>();
        foreach (var chunk in holds.Chunk(RegistryLimits.PiecesTogether))
            lost.AddRange(await RunAsync("renew leases", database => _scripts.RenewAsync(database, queue, chunk, lease), cancellationToken).ConfigureAwait(false));
        return lost;
    }

    public async ValueTask<IReadOnlyList<WorkHold>> EndAsync(QueueName queue, IReadOnlyList<WorkEnd> ends, CancellationToken cancellationToken)
    {
        var all = new List<WorkHold>();
        foreach (var chunk in ends.Chunk(RegistryLimits.PiecesTogether))
        {
            var (lost, idle) = await RunAsync("end work", database => _scripts.EndAsync(database, queue, chunk), cancellationToken).ConfigureAwait(false);
            all.AddRange(lost);
            await TellAsync(queue, idle, cancellationToken).ConfigureAwait(false);
        }

        return all;
    }

    public async ValueTask<IReadOnlyList<WorkView?>> ReadAsync(QueueName queue, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var views = new List<WorkView?>(ids.Count);
        foreach (var chunk in ids.Chunk(RegistryLimits.PiecesTogether))
            views.AddRange(await RunAsync("read work", database => _scripts.ReadAsync(database, queue, chunk), cancellationToken).ConfigureAwait(false));
        return views;
    }

    public async ValueTask<QueueCounts> CountAsync(QueueName queue, CancellationToken cancellationToken) =>
        await RunAsync("count work", database => _scripts.CountAsync(database, queue), cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> RetryNowAsync(QueueName queue, string id, CancellationToken cancellationToken)
    {
        var (found, idle) = await RunAsync("retry work", database => _scripts.RetryAsync(database, queue, id), cancellationToken).ConfigureAwait(false);
        await TellAsync(queue, idle, cancellationToken).ConfigureAwait(false);
        return found;
    }

    public async ValueTask<bool> RemoveAsync(QueueName queue, string id, CancellationToken cancellationToken)
    {
        var (found, idle) = await RunAsync("remove work", database => _scripts.RemoveAsync(database, queue, id), cancellationToken).ConfigureAwait(false);
        await TellAsync(queue, idle, cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>A command of its own: the inbox of an instance is in another slot than the queue.</summary>
    private async Task TellAsync(QueueName queue, InstanceId? idle, CancellationToken cancellationToken)
    {
        if (idle is { } instance)
            await RunAsync("tell of work", database => _services.PushAsync(database, instance, [new InboxMessage.Work(queue)]), cancellationToken).ConfigureAwait(false);
    }

    private Task<T> RunAsync<T>(string operation, Func<IDatabase, Task<T>> command, CancellationToken cancellationToken) =>
        connection.RunAsync(operation, command, cancellationToken);
}
