using System.Collections.Immutable;

namespace Fat;

/// <summary>What became of a forced decision.</summary>
public sealed record FatForceResult
{
    /// <summary>The group.</summary>
    public required string Gid { get; init; }

    /// <summary>The decision that was asked for.</summary>
    public required FatDecision Asked { get; init; }

    /// <summary>The decision that stands.</summary>
    public required FatDecision Decision { get; init; }

    /// <summary>The force made the decision. Else there was one already, and nothing has changed.</summary>
    public required bool HadEffect { get; init; }

    /// <summary>The branches that the decision commits; any other rolls back.</summary>
    public ImmutableArray<string> CommitSet { get; init; } = [];

    /// <summary>The database that holds the decision, or <c>registry</c>.</summary>
    public required string DecidedIn { get; init; }

    /// <summary>How many branches in this service's databases were made to obey.</summary>
    public int Finished { get; init; }

    /// <summary>The other services have been told. Else the registry is away, and is told when it is back.</summary>
    public bool Published { get; init; }
}
