namespace Fat.TestServers.Network;

/// <summary>One direction of a <see cref="FaultyProxy"/>, over all of its connections.</summary>
public sealed class ProxyLane
{
    private readonly ChangeSignal _ruleChanged = new();
    private readonly ChangeSignal _counted = new();
    private readonly Lock _gate = new();
    private TrafficRule _rule = TrafficRule.Pass;
    private long _bytesForwarded;
    private long _bytesDropped;

    internal ProxyLane()
    {
    }

    /// <summary>What happens to the bytes; setting it also decides about those that are still held or delayed.</summary>
    public TrafficRule Rule
    {
        get
        {
            lock (_gate)
                return _rule;
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_gate)
                _rule = value;
            _ruleChanged.Raise();
        }
    }

    /// <summary>How many bytes were handed on.</summary>
    public long BytesForwarded => Interlocked.Read(ref _bytesForwarded);

    /// <summary>How many bytes were lost.</summary>
    public long BytesDropped => Interlocked.Read(ref _bytesDropped);

    /// <summary>Completes when the setter of <see cref="Rule"/> is called the next time.</summary>
    internal Task RuleChanged => _ruleChanged.Next;

    /// <summary>Completes when the condition holds; it is looked at whenever bytes were forwarded or dropped.</summary>
    public async Task WaitUntilAsync(Func<ProxyLane, bool> condition, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var next = _counted.Next;
            if (condition(this))
                return;
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// The rule as it is for a pump, which is broken at once when it loses its bytes: so whoever sets another rule
    /// afterwards can tell which connections lost some.
    /// </summary>
    internal TrafficRule RuleFor(LanePump pump)
    {
        lock (_gate)
        {
            if (_rule.Fate == TrafficFate.Drop)
                pump.Break();
            return _rule;
        }
    }

    internal void CountForwarded(int bytes)
    {
        Interlocked.Add(ref _bytesForwarded, bytes);
        _counted.Raise();
    }

    internal void CountDropped(int bytes)
    {
        Interlocked.Add(ref _bytesDropped, bytes);
        _counted.Raise();
    }
}
