using Fat.Shop;

namespace Fat.Core.Tests.Faults;

/// <summary>A request during which a fault point is certainly reached.</summary>
internal sealed record Scenario
{
    public required string Root { get; init; }

    /// <summary>The services that are struck.</summary>
    public required IReadOnlyList<string> Struck { get; init; }

    public required Errand Errand { get; init; }

    /// <summary>What the early child does at its PREPARE, where it stays until it has answered; null when it does not stay there.</summary>
    public Deed? Behind { get; init; }

    public Opening Opens { get; init; }

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

    /// <summary>Who is struck was killed before the COMMIT of a held branch, and has just come back.</summary>
    HeldBranchDied,
}

/// <summary>When the root's gate opens.</summary>
internal enum Opening
{
    WhenStruck,

    /// <summary>As soon as the early child is behind its answer.</summary>
    AtOnce,

    /// <summary>The same, and the early child goes on only when the root has sealed the group.</summary>
    BeforeTheVote,

    /// <summary>When the root has prepared a branch.</summary>
    WhenPrepared,

    /// <summary>When the root's group is in the index.</summary>
    WhenIndexed,
}

/// <summary>From when on the fault can strike.</summary>
internal enum Moment
{
    Beginning,
    AtGate,
    Told,
}
