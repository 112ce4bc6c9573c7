using Fat.Context;
using Fat.Diagnostics;
using Fat.Faults;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;
using Microsoft.Extensions.Logging;

namespace Fat.Coordination;

/// <summary>This process as a participant: who it is, and what its scopes and branches work with.</summary>
internal sealed record Node(
    InstanceId Instance,
    FatName Service,
    FatAnswer Answer,
    Timings Timings,
    TimeProvider Time,
    IGroupRegistry Registry,
    Databases Databases,
    RemoteDataSigner Signer,
    BranchWorkers Workers,
    ILogger Logger)
{
    public Background Background { get; init; } = Background.ThreadPool;

    public IdSource Ids { get; init; } = IdSource.Random;

    /// <summary>What methods do that do not say whether they join.</summary>
    public FatJoin Join { get; init; } = FatJoin.None;

    /// <summary>Where callers reach this very process; null when they need not know.</summary>
    public string? Address { get; init; }

    /// <summary>What this process does besides its requests.</summary>
    public Loops Loops { get; } = new();

    public FaultPoints Faults { get; init; } = FaultPoints.None;

    /// <summary>What is remembered for operators; null when nothing is.</summary>
    public IHistory? History { get; init; }

    /// <summary>How many ended groups of this service are remembered.</summary>
    public int HistoryKept { get; init; }

    /// <summary>Sees what happens to groups.</summary>
    public GroupWatch Watch { get; init; } = GroupWatch.None;

    /// <summary>What people are shown of what may be confidential.</summary>
    public Redaction Redaction { get; init; } = Redaction.None;

    /// <summary>None, but for the torture run, which shows that it notices what a missing rule does.</summary>
    public BrokenRules Broken { get; init; }

    public bool Breaks(BrokenRules rule) => (Broken & rule) != BrokenRules.None;
}
