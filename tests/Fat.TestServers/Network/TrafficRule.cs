namespace Fat.TestServers.Network;

/// <summary>What happens to the bytes of one direction of a <see cref="FaultyProxy"/>.</summary>
public sealed record TrafficRule
{
    private TrafficRule(TrafficFate fate, TimeSpan latency)
    {
        Fate = fate;
        Latency = latency;
    }

    /// <summary>They are forwarded at once.</summary>
    public static TrafficRule Pass { get; } = new(TrafficFate.Pass, TimeSpan.Zero);

    /// <summary>
    /// They are lost, and with them all later bytes of the same connection: TCP never delivers what follows a gap.
    /// </summary>
    public static TrafficRule Drop { get; } = new(TrafficFate.Drop, TimeSpan.Zero);

    /// <summary>They wait until another rule is set, like those of a network that is down for a while.</summary>
    public static TrafficRule Hold { get; } = new(TrafficFate.Hold, TimeSpan.Zero);

    internal TrafficFate Fate { get; }

    internal TimeSpan Latency { get; }

    /// <summary>They arrive later by this time. It is a latency: what is sent at once arrives at once.</summary>
    public static TrafficRule Delay(TimeSpan latency)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latency, TimeSpan.Zero);
        return new TrafficRule(TrafficFate.Pass, latency);
    }
}

internal enum TrafficFate
{
    Pass,
    Drop,
    Hold,
}
