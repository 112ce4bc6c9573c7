using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>
/// What the services of one process share instead of a server. Its clock is monotonic and its own, as a server's is. Hold
/// <see cref="Gate"/> around every access; nothing is awaited under it.
/// </summary>
internal sealed class InMemoryRegistryStore(TimeProvider time)
{
    private readonly Dictionary<GroupId, InMemoryGroup> _groups = [];
    private readonly Dictionary<InstanceId, InMemoryQueue<InboxMessage>> _inboxes = [];
    private readonly Dictionary<FatName, InMemoryQueue<ResolveRequest>> _requests = [];
    private readonly Dictionary<FatName, InMemoryOpenIndex> _open = [];
    private readonly Dictionary<InstanceId, TimeSpan> _heartbeats = [];
    private readonly Dictionary<QueueName, InMemoryWorkQueue> _queues = [];
    private readonly Dictionary<FatName, InMemoryMessages> _messages = [];
    private readonly Dictionary<FatName, InMemoryPast> _past = [];
    private readonly Dictionary<InstanceId, (TimeSpan At, string Text)> _statuses = [];
    private readonly long _start = time.GetTimestamp();
    private readonly DateTimeOffset _began = time.GetUtcNow();
    private int _sweepAt = 1024;

    public Lock Gate { get; } = new();

    public TimeProvider Time => time;

    public TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>The groups of subscribers of each topic.</summary>
    public Dictionary<FatName, HashSet<FatName>> Topics { get; } = [];

    /// <summary>A time of <see cref="Now"/> for people.</summary>
    public DateTimeOffset Utc(TimeSpan at) => _began + at;

    public ValueTask<T> Run<T>(Func<T> operation, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellationToken);
        lock (Gate)
            return ValueTask.FromResult(operation());
    }

    public ValueTask Run(Action operation, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        lock (Gate)
            operation();
        return ValueTask.CompletedTask;
    }

    /// <summary>Drops everything, as FLUSHALL or the loss of a server without persistence would.</summary>
    public void Lose()
    {
        lock (Gate)
        {
            _groups.Clear();
            foreach (var inbox in _inboxes.Values)
                inbox.Lose();
            _requests.Clear();
            _open.Clear();
            _heartbeats.Clear();
            _queues.Clear();
            _messages.Clear();
            _past.Clear();
            _statuses.Clear();
            Topics.Clear();
        }
    }

    public InMemoryGroup? Find(GroupId gid)
    {
        if (!_groups.TryGetValue(gid, out var group))
            return null;
        if (group.ExpiresAt > Now)
            return group;
        _groups.Remove(gid);
        return null;
    }

    public InMemoryGroup FindOrAdd(GroupId gid)
    {
        if (Find(gid) is { } group)
            return group;
        SweepWhenGrown();
        return _groups[gid] = new InMemoryGroup();
    }

    public InMemoryQueue<InboxMessage> Inbox(InstanceId instance) => FindOrAdd(_inboxes, instance);

    public InMemoryQueue<ResolveRequest> Requests(FatName service) => FindOrAdd(_requests, service);

    public InMemoryOpenIndex Open(FatName service) => FindOrAdd(_open, service);

    public InMemoryWorkQueue Queue(QueueName queue) => FindOrAdd(_queues, queue);

    public InMemoryMessages Messages(FatName service) => FindOrAdd(_messages, service);

    /// <summary>The services of whose groups was told lately.</summary>
    public IEnumerable<FatName> ServicesWithPast => _past.Where(pair => Now - pair.Value.At < RegistryLifetimes.Past).Select(pair => pair.Key);

    /// <summary>To tell of the ended groups of a service.</summary>
    public InMemoryPast Past(FatName service)
    {
        var past = FindPast(service) ?? (_past[service] = new InMemoryPast());
        past.At = Now;
        return past;
    }

    public InMemoryPast? FindPast(FatName service) =>
        _past.TryGetValue(service, out var past) && Now - past.At < RegistryLifetimes.Past ? past : null;

    public void TellStatus(InstanceId instance, string status) => _statuses[instance] = (Now, status);

    /// <summary>The instances with a sign of life within a time.</summary>
    public IEnumerable<AliveInstance> Alive(TimeSpan within)
    {
        foreach (var (instance, last) in _heartbeats)
        {
            if (Now - last > within)
                continue;
            var status = _statuses.TryGetValue(instance, out var told) && Now - told.At < RegistryLifetimes.Status ? told.Text : null;
            yield return new AliveInstance(instance, Now - last, status);
        }
    }

    public void Heartbeat(InstanceId instance) => _heartbeats[instance] = Now;

    public TimeSpan? SinceHeartbeat(InstanceId instance)
    {
        if (!_heartbeats.TryGetValue(instance, out var last))
            return null;
        var since = Now - last;
        return since < RegistryLifetimes.Heartbeat ? since : null;
    }

    public void Leave(InstanceId instance)
    {
        _heartbeats.Remove(instance);
        _statuses.Remove(instance);
        if (_inboxes.TryGetValue(instance, out var inbox) && inbox.IsIdle)
            _inboxes.Remove(instance);
    }

    /// <summary>Groups that nobody asks for again expire unseen: drop them whenever the number of records has doubled.</summary>
    private void SweepWhenGrown()
    {
        if (_groups.Count < _sweepAt)
            return;
        var now = Now;
        foreach (var (gid, group) in _groups)
        {
            if (group.ExpiresAt <= now)
                _groups.Remove(gid);
        }

        _sweepAt = Math.Max(1024, 2 * _groups.Count);
    }

    private static TValue FindOrAdd<TKey, TValue>(Dictionary<TKey, TValue> map, TKey key)
        where TKey : notnull
        where TValue : new() =>
        map.TryGetValue(key, out var value) ? value : map[key] = new TValue();
}
