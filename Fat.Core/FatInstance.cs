using System.Collections.Immutable;

namespace Fat;

/// <summary>A process of a service, as it last told. Immutable.</summary>
public sealed record FatInstance
{
    /// <summary>The process.</summary>
    public required string Id { get; init; }

    /// <summary>Its service.</summary>
    public required string Service { get; init; }

    /// <summary>How long ago it gave its last sign of life, by the registry's clock.</summary>
    public required TimeSpan Silence { get; init; }

    /// <summary>How it is; null when it has not told yet.</summary>
    public FatInstanceStatus? Status { get; init; }
}

/// <summary>How a process is, as it tells every 5 seconds. Immutable.</summary>
public sealed record FatInstanceStatus
{
    /// <summary>When it started, by its machine's clock.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The name of its machine.</summary>
    public required string Machine { get; init; }

    /// <summary>Its process id.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The version of Fat.Core.</summary>
    public required string FatVersion { get; init; }

    /// <summary>The version of the application: its entry assembly's.</summary>
    public required string ApplicationVersion { get; init; }

    /// <summary>Background workers that are busy.</summary>
    public required int BusyWorkers { get; init; }

    /// <summary>Background workers that there can be.</summary>
    public required int Workers { get; init; }

    /// <summary>Work that waits for a worker.</summary>
    public required int QueuedWork { get; init; }

    /// <summary>Scopes of groups that run in it.</summary>
    public required int OpenScopes { get; init; }

    /// <summary>Branches that have voted and wait for their decision.</summary>
    public required int WaitingBranches { get; init; }

    /// <summary>The round trip of its last heartbeat.</summary>
    public TimeSpan? RegistryLatency { get; init; }

    /// <summary>What its history writer had to leave out, since it started, because the registry was away or too slow.</summary>
    public required long HistoryDropped { get; init; }

    /// <summary>Its databases.</summary>
    public ImmutableArray<FatInstanceDatabase> Databases { get; init; } = [];
}

/// <summary>A database of a process. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Product">Its product, as its dialect names it.</param>
/// <param name="IsDurable">Its branches are prepared; else they are held open. Null while that is not known.</param>
/// <param name="HoldsDecisions">The decisions of groups that this service begins are written there.</param>
public sealed record FatInstanceDatabase(string Name, string Product, bool? IsDurable, bool HoldsDecisions);
