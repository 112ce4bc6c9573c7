namespace Fat.Registry.InMemory;

/// <summary>A list that expires after the last push, and keeps its newest entries. Not thread-safe: the store's lock guards it.</summary>
internal sealed class InMemoryQueue<T>
{
    private readonly Queue<T> _items = new();
    private TimeSpan _expiresAt;
    private TaskCompletionSource? _pushed;

    /// <summary>Nothing is in it and nobody waits for it.</summary>
    public bool IsIdle => _items.Count == 0 && _pushed is null;

    public void Push(IEnumerable<T> items, TimeSpan now)
    {
        Expire(now);
        foreach (var item in items)
            _items.Enqueue(item);
        while (_items.Count > RegistryLimits.LongestList)
            _items.Dequeue();
        _expiresAt = now + RegistryLifetimes.Messages;
        _pushed?.TrySetResult();
        _pushed = null;
    }

    public List<T> Take(int most, TimeSpan now)
    {
        Expire(now);
        var taken = new List<T>(Math.Min(most, _items.Count));
        while (taken.Count < most && _items.TryDequeue(out var item))
            taken.Add(item);
        return taken;
    }

    /// <summary>Ends with the next push. Continuations run elsewhere: it is completed under the store's lock.</summary>
    public Task NextPush() => (_pushed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Drops the items; whoever waits goes on waiting, as on a flushed server.</summary>
    public void Lose() => _items.Clear();

    private void Expire(TimeSpan now)
    {
        if (_expiresAt <= now)
            _items.Clear();
    }
}
