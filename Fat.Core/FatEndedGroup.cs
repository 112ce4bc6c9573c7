using System.Collections.Immutable;

namespace Fat;

/// <summary>A group that has ended.</summary>
public sealed record FatEndedGroup
{
    /// <summary>The group.</summary>
    public required string Gid { get; init; }

    /// <summary>When it began, by the clock of the machine where it did.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>When it was decided: by the clock of <see cref="Database"/>, or by this process's where that is null.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>How it ended.</summary>
    public required FatDecision Decision { get; init; }

    /// <summary>The database that still holds the decision; null when none does.</summary>
    public string? Database { get; init; }

    /// <summary>The branches that the decision in <see cref="Database"/> commits.</summary>
    public ImmutableArray<string> CommitSet { get; init; } = [];

    /// <summary>The root's method or endpoint; null when it ran in another process and the registry has forgotten it.</summary>
    public string? Method { get; init; }

    /// <summary>Why it rolled back; null when it is committed, or when nobody here knows.</summary>
    public FatGroupAbort? Abort { get; init; }
}
