using System.Collections.Immutable;

namespace Fat;

/// <summary>Everything that one process can know of a group.</summary>
public sealed record FatGroupDetails
{
    /// <summary>The group.</summary>
    public required string Gid { get; init; }

    /// <summary>When it began, by the clock of the machine where it did.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>The service that began it; null when that is not known.</summary>
    public string? RootService { get; init; }

    /// <summary>The root service's database that holds the decision, <c>-</c> for the registry; null when that is not known.</summary>
    public string? DecisionDatabase { get; init; }

    /// <summary>The decision: what the registry has, else the row of a barrier table. Null means unknown, not undecided.</summary>
    public FatDecision? Decision { get; init; }

    /// <summary>The registry's record; null when it has none, or is away.</summary>
    public FatGroupRecord? Record { get; init; }

    /// <summary>The decision in the barrier tables of this service's databases.</summary>
    public ImmutableArray<FatDecisionRow> Rows { get; init; } = [];

    /// <summary>The branches that are prepared in this service's databases.</summary>
    public ImmutableArray<FatInDoubtBranch> InDoubt { get; init; } = [];

    /// <summary>The branches that wait in this process, prepared or held open.</summary>
    public ImmutableArray<FatWaitingBranch> Waiting { get; init; } = [];

    /// <summary>The held branches that were lost in this service's databases.</summary>
    public ImmutableArray<FatIncident> Incidents { get; init; } = [];

    /// <summary>The records of forced decisions in this service's databases, newest first, 100 at most of each.</summary>
    public ImmutableArray<FatForceRecord> Forced { get; init; } = [];

    /// <summary>The databases that could not be read, by name, and <c>registry</c> when that is away.</summary>
    public ImmutableArray<string> Unreachable { get; init; } = [];
}
