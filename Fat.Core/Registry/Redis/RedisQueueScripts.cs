using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>The scripts on one queue of work, a method each. Each is one command.</summary>
internal sealed class RedisQueueScripts(RedisKeys keys)
{
    private static readonly RedisScript PutScript = RedisScript.OnQueue("queue-put");
    private static readonly RedisScript TakeScript = RedisScript.OnQueue("queue-take");
    private static readonly RedisScript RenewScript = RedisScript.OnQueue("queue-renew");
    private static readonly RedisScript EndScript = RedisScript.OnQueue("queue-end");
    private static readonly RedisScript ReadScript = RedisScript.OnQueue("queue-read");
    private static readonly RedisScript CountScript = RedisScript.OnQueue("queue-count");
    private static readonly RedisScript RetryScript = RedisScript.OnQueue("queue-retry");
    private static readonly RedisScript RemoveScript = RedisScript.OnQueue("queue-remove");

    /// <returns>The instance to tell, if any.</returns>
    public async Task<InstanceId?> PutAsync(IDatabase database, QueueName queue, IEnumerable<WorkItem> items)
    {
        var result = await PutScript.RunAsync(database, keys.Queue(queue), [.. items.SelectMany(Arguments)]).ConfigureAwait(false);
        return Instance((string)result!);

        static RedisValue[] Arguments(WorkItem item) =>
            [item.Id, item.Body, RedisQueueText.OfOptional(item.Key), RedisQueueText.Milliseconds(item.Delay)];
    }

    public async Task<TakenWork> TakeAsync(IDatabase database, QueueName queue, InstanceId instance, int most, TimeSpan lease)
    {
        var result = await TakeScript.RunAsync(database, keys.Queue(queue), instance.Text, most, RedisQueueText.Milliseconds(lease)).ConfigureAwait(false);
        var parts = (string[])result!;
        var items = new List<TakenItem>(parts.Length / 5);
        for (var at = 1; at < parts.Length; at += 5)
        {
            items.Add(new TakenItem(
                new WorkHold(parts[at], RedisQueueText.Number(parts[at + 3])), parts[at + 1], RedisQueueText.ParseOptional(parts[at + 2]),
                RedisQueueText.Count(parts[at + 4])));
        }

        return new TakenWork(items, RedisQueueText.ParseMilliseconds(parts[0]));
    }

    /// <returns>The holds that are not the caller's any more.</returns>
    public async Task<IEnumerable<WorkHold>> RenewAsync(IDatabase database, QueueName queue, IReadOnlyList<WorkHold> holds, TimeSpan lease)
    {
        var result = await RenewScript.RunAsync(
            database, keys.Queue(queue),
            [RedisQueueText.Milliseconds(lease), .. holds.SelectMany(hold => new RedisValue[] { hold.Id, hold.Fence })]).ConfigureAwait(false);
        return ((string[])result!).Select(number => holds[RedisQueueText.Count(number) - 1]);
    }

    /// <returns>The holds that are not the caller's any more, and the instance to tell, if any.</returns>
    public async Task<(IEnumerable<WorkHold> Lost, InstanceId? Idle)> EndAsync(IDatabase database, QueueName queue, IReadOnlyList<WorkEnd> ends)
    {
        var result = await EndScript.RunAsync(database, keys.Queue(queue), [.. ends.SelectMany(Arguments)]).ConfigureAwait(false);
        var parts = (string[])result!;
        return (parts.Skip(1).Select(number => ends[RedisQueueText.Count(number) - 1].Hold), Instance(parts[0]));

        static RedisValue[] Arguments(WorkEnd end) =>
        [
            end.Hold.Id, end.Hold.Fence, RedisQueueText.Of(end.Outcome), RedisQueueText.Milliseconds(end.Delay),
            RedisQueueText.OfOptional(ReasonText.Cut(end.Reason)), RedisQueueText.OfOptional(end.Body),
        ];
    }

    public async Task<IEnumerable<WorkView?>> ReadAsync(IDatabase database, QueueName queue, IReadOnlyList<string> ids)
    {
        var result = await ReadScript.RunAsync(database, keys.Queue(queue), [.. ids.Select(id => (RedisValue)id)]).ConfigureAwait(false);
        var parts = (string[])result!;
        return ids.Select((id, i) => View(id, parts.AsSpan(4 * i, 4)));
    }

    public async Task<QueueCounts> CountAsync(IDatabase database, QueueName queue)
    {
        var result = await CountScript.RunAsync(database, keys.Queue(queue)).ConfigureAwait(false);
        long[] counts = [.. ((string[])result!).Select(RedisQueueText.Number)];
        return new QueueCounts(counts[0], counts[1], counts[2], counts[3]);
    }

    /// <returns>Whether it waited or was set aside, and the instance to tell, if any.</returns>
    public async Task<(bool Found, InstanceId? Idle)> RetryAsync(IDatabase database, QueueName queue, string id) =>
        Found(await RetryScript.RunAsync(database, keys.Queue(queue), id).ConfigureAwait(false));

    /// <returns>Whether it was there, and the instance to tell, if any.</returns>
    public async Task<(bool Found, InstanceId? Idle)> RemoveAsync(IDatabase database, QueueName queue, string id) =>
        Found(await RemoveScript.RunAsync(database, keys.Queue(queue), id).ConfigureAwait(false));

    private static WorkView? View(string id, ReadOnlySpan<string> parts) =>
        parts[0].Length == 0
            ? null
            : new WorkView(
                id, RedisQueueText.ParseState(parts[0]), RedisQueueText.Count(parts[1]), RedisQueueText.ParseOptional(parts[2]), RedisQueueText.ParseTime(parts[3]));

    private static (bool Found, InstanceId? Idle) Found(RedisResult result)
    {
        var parts = (string[])result!;
        return (parts[0] == "1", Instance(parts[1]));
    }

    private static InstanceId? Instance(string text) => InstanceId.TryParse(text, out var instance) ? instance : null;
}
