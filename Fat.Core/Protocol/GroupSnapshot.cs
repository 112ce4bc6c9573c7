using System.Collections.Immutable;

namespace Fat.Protocol;

/// <summary>A group as the registry has it. A group that the registry does not have is null, which means unknown (rule S6).</summary>
internal sealed record GroupSnapshot
{
    /// <summary>The published decision, or null while there is none.</summary>
    public DecisionRecord? Decision { get; init; }

    public AbortReason? Abort { get; init; }

    public InstanceId? RootInstance { get; init; }

    /// <summary>The root service's database that holds the decision; null when not registered.</summary>
    public FatName? DecisionDatabase { get; init; }

    /// <summary>What the root waits for since it sealed the group; null while it has not, or when every vote came in a reply.</summary>
    public SealView? Seal { get; init; }

    /// <summary>The time until the group's deadline by the registry's own clock; negative when past, null when not registered.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>The trace of a scope of the group, the first that told it; null when none did.</summary>
    public string? Trace { get; init; }

    public ImmutableArray<ScopeView> Scopes { get; init; } = [];

    public ImmutableArray<BranchView> Branches { get; init; } = [];
}

/// <summary>A registered scope.</summary>
internal sealed record ScopeView(ScopeId Id, InstanceId Instance, string Name, int? ServiceCount, int? LocalTransactionCount, ClosedScope? Closed);

/// <summary>
/// What a scope told when it closed, because its transport returns nothing: the branches of the executions that count, its own and
/// those below it, and the calls that it cannot speak for.
/// </summary>
internal sealed record ClosedScope(ImmutableArray<BranchId> Branches, ImmutableArray<CallId> PendingCalls);

/// <summary>What a root that waits is waiting for.</summary>
internal sealed record SealView(ImmutableArray<BranchId> MissingVotes, ImmutableArray<CallId> PendingCalls);

/// <summary>A registered branch.</summary>
internal sealed record BranchView(BranchVote Branch, bool Done);
