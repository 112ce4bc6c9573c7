using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.InMemory;

namespace Fat.Core.Tests.Simulation;

/// <summary>
/// The one registry server: the product's own in-memory registry behind a network. It can be away, lose everything, or fail over to
/// a replica that has not heard the last of it, which is the same server after fewer operations.
/// </summary>
internal sealed class SimRedis
{
    private readonly World _world;
    private readonly List<(TimeSpan At, Action<InMemoryGroupRegistry> Operation)> _history = [];
    private readonly List<Parked> _parked = [];
    private readonly Clock _clock;
    private InMemoryRegistryStore _store;
    private InMemoryGroupRegistry _registry;

    public SimRedis(World world)
    {
        _world = world;
        _clock = new Clock(world);
        (_store, _registry) = Empty();
        _clock.Replayed = null;
    }

    public bool IsAway { get; private set; }

    /// <summary>What a look would find, without any latency: for what finds nothing, and for the verdict.</summary>
    public InMemoryRegistryStore Store => _store;

    public InMemoryGroupRegistry Registry => _registry;

    /// <summary>An operation arrives.</summary>
    public T Serve<T>(Func<InMemoryGroupRegistry, T> operation, bool changes)
    {
        if (changes)
            _history.Add((_world.Now, registry => operation(registry)));
        var result = operation(_registry);
        if (changes)
            Deliver();
        return result;
    }

    /// <summary>A process blocks on its inbox.</summary>
    public Task<IReadOnlyList<InboxMessage>> Park(SimProcess process, InstanceId instance, TimeSpan wait)
    {
        var parked = new Parked(process, instance, new TaskCompletionSource<IReadOnlyList<InboxMessage>>());
        _parked.Add(parked);
        _world.Post(process, wait, "inbox stays empty", () =>
        {
            if (_parked.Remove(parked))
                parked.Messages.SetResult([]);
        });
        Deliver();
        return parked.Messages.Task;
    }

    /// <summary>FLUSHALL, or a restart without its data.</summary>
    public void Lose()
    {
        _world.Note(null, "redis loses everything");
        _store.Lose();
        _history.Clear();
    }

    /// <summary>A replica takes over that has not got the last operations.</summary>
    public void FailOver(int missing)
    {
        _world.Note(null, "redis fails over");
        var kept = _history.Take(Math.Max(0, _history.Count - missing)).ToList();
        _clock.Replayed = TimeSpan.Zero;
        (_store, _registry) = Empty();
        foreach (var (at, operation) in kept)
        {
            _clock.Replayed = at;
            operation(_registry);
        }

        _clock.Replayed = null;
        _history.Clear();
        _history.AddRange(kept);
    }

    public void GoAway()
    {
        _world.Note(null, "redis goes away");
        IsAway = true;
        foreach (var parked in _parked)
            Refuse(parked);
        _parked.Clear();
    }

    public void ComeBack()
    {
        _world.Note(null, "redis is back");
        IsAway = false;
    }

    public static RegistryUnavailableException Unavailable(string operation) => new(operation, new TimeoutException("simulated"));

    private (InMemoryRegistryStore Store, InMemoryGroupRegistry Registry) Empty()
    {
        var store = new InMemoryRegistryStore(_clock);
        return (store, new InMemoryGroupRegistry(store));
    }

    private void Deliver()
    {
        for (var i = _parked.Count - 1; i >= 0; i--)
        {
            var parked = _parked[i];
            if (!parked.Process.IsAlive)
            {
                _parked.RemoveAt(i);
                continue;
            }

            var taken = _store.Inbox(parked.Instance).Take(RegistryLimits.MessagesPerReceive, _store.Now);
            if (taken.Count == 0)
                continue;
            var instance = parked.Instance;
            _history.Add((_world.Now, registry => _ = registry.ReceiveAsync(instance, TimeSpan.Zero, CancellationToken.None).AsTask()));
            _parked.RemoveAt(i);
            _world.Post(parked.Process, parked.Process.Faults.Latency(), "inbox", () => parked.Messages.SetResult(taken));
        }
    }

    private void Refuse(Parked parked) =>
        _world.Post(parked.Process, parked.Process.Faults.Latency(), "inbox is away", () => parked.Messages.SetException(Unavailable("receive")));

    private sealed record Parked(SimProcess Process, InstanceId Instance, TaskCompletionSource<IReadOnlyList<InboxMessage>> Messages);

    private sealed class Clock(World world) : TimeProvider
    {
        /// <summary>The time of an operation that is being repeated on a replica.</summary>
        public TimeSpan? Replayed { get; set; } = TimeSpan.Zero;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => (Replayed ?? world.Now).Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + (Replayed ?? world.Now);
    }
}
