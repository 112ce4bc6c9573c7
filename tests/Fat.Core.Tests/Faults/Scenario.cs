using Fat.Faults;
using Fat.Shop;

namespace Fat.Core.Tests.Faults;

/// <summary>A request during which a fault point is certainly reached.</summary>
internal sealed record Scenario
{
    public required string Root { get; init; }

    /// <summary>The services that are struck.</summary>
    public required IReadOnlyList<string> Struck { get; init; }

    public required Errand Errand { get; init; }

    /// <summary>A child that stays at a point until its root has sealed the group.</summary>
    public (string Service, FaultPoint Point, Deed Deed)? Behind { get; init; }

    /// <summary>The root's gate opens when it has passed this; when it has no value, when the fault has struck.</summary>
    public FaultPoint? OpensAfter { get; init; }

    public FirstFault First { get; init; }

    public Moment Armed { get; init; }

    /// <summary>The index of open groups is to be empty before, and in the end.</summary>
    public bool Indexes { get; init; }

    /// <summary>The decision row is to go in the end.</summary>
    public bool Forgets { get; init; }

    /// <summary>The services that take part.</summary>
    public IEnumerable<string> Services => Errand.Calls.Select(call => call.Service).Prepend(Root);

    /// <summary>The services whose errand waits at its gate.</summary>
    public IEnumerable<string> Gated => Errand.Calls.Where(call => call.Errand.Gated).Select(call => call.Service).Concat(Errand.Gated ? [Root] : []);

    /// <summary>How many rows each service enters.</summary>
    public IEnumerable<(string Service, int Rows)> Rows => Errand.Calls.Select(call => (call.Service, call.Errand.Rows)).Prepend((Root, Errand.Rows)).Where(pair => pair.Item2 > 0);
}

/// <summary>What has gone wrong before the fault strikes.</summary>
internal enum FirstFault
{
    None,

    /// <summary>The root was killed before it decided, and its service has just come back.</summary>
    RootDied,

    /// <summary>The root has decided and did not hear so.</summary>
    DecisionUnheard,
}

/// <summary>From when on the fault can strike.</summary>
internal enum Moment
{
    Beginning,
    AtGate,
    Told,
}
