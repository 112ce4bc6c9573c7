using System.Collections.Immutable;

namespace Fat;

/// <summary>
/// A group as the registry knows it. The registry may have lost any of it. Branches whose votes travelled in replies are in it only once
/// the group is committed.
/// </summary>
public sealed record FatGroupRecord
{
    /// <summary>The service that began the group; null when that is not known.</summary>
    public string? RootService { get; init; }

    /// <summary>The process that runs the root; null when that is not known.</summary>
    public string? RootInstance { get; init; }

    /// <summary>How long ago that process gave its last sign of life, by the registry's clock; null when it has left or is long gone.</summary>
    public TimeSpan? RootSilence { get; init; }

    /// <summary>The root service's database that holds the decision, <c>-</c> for the registry; null when that is not known.</summary>
    public string? DecisionDatabase { get; init; }

    /// <summary>The time until the deadline by the registry's clock, negative when past; null when that is not known.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>The root's method has returned, and the root waits for votes that came in no reply.</summary>
    public bool IsWaitingForVotes { get; init; }

    /// <summary>The decision; null while none is known.</summary>
    public FatDecision? Decision { get; init; }

    /// <summary>The branches that the decision commits.</summary>
    public ImmutableArray<string> CommitSet { get; init; } = [];

    /// <summary>The first failure that somebody reported; null when nobody did.</summary>
    public FatGroupAbort? Abort { get; init; }

    /// <summary>The executions that have registered.</summary>
    public ImmutableArray<FatGroupScope> Scopes { get; init; } = [];

    /// <summary>The branches that are known.</summary>
    public ImmutableArray<FatGroupBranch> Branches { get; init; } = [];
}
