namespace Fat;

/// <summary>A branch of a group that has ended, as its process told. Times are of that process's machine; null where it did not come to it. Immutable.</summary>
public sealed record FatPastBranch
{
    /// <summary>The branch: the path of its call, its execution and its number in it.</summary>
    public required string Branch { get; init; }

    /// <summary>The service that ran it.</summary>
    public required string Service { get; init; }

    /// <summary>The process that ran it.</summary>
    public required string Instance { get; init; }

    /// <summary>Its method.</summary>
    public required string Method { get; init; }

    /// <summary>Its database.</summary>
    public required string Database { get; init; }

    /// <summary>Its vote; <see cref="FatVote.Pending"/> when it never voted.</summary>
    public required FatVote Vote { get; init; }

    /// <summary>The decision that it obeyed; null when it needed none (read-only, failed) or none reached its process.</summary>
    public FatDecision? Decision { get; init; }

    /// <summary>When its method began.</summary>
    public required DateTimeOffset Enlisted { get; init; }

    /// <summary>When it had voted: prepared, read-only or held open.</summary>
    public DateTimeOffset? Voted { get; init; }

    /// <summary>When the decision reached its process.</summary>
    public DateTimeOffset? Decided { get; init; }

    /// <summary>When it had committed or rolled back.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>What failed in it; null when nothing did.</summary>
    public string? Failure { get; init; }
}
