namespace Fat;

/// <summary>A group that has ended, as its root told. Immutable.</summary>
public sealed record FatPastGroup
{
    /// <summary>The group.</summary>
    public required string Gid { get; init; }

    /// <summary>The service that began it.</summary>
    public required string Service { get; init; }

    /// <summary>The process that ran its root.</summary>
    public required string Instance { get; init; }

    /// <summary>The root's method or endpoint; empty when only branches have told of the group.</summary>
    public required string Method { get; init; }

    /// <summary>How it ended; <see cref="FatOutcome.InDoubt"/> until it is known; <see cref="FatOutcome.Answered"/> when only branches have told of the group.</summary>
    public required FatOutcome Outcome { get; init; }

    /// <summary>When it began, by the clock of the machine where it did.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>When it ended, by the same clock.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>How many branches it had, as far as the root knows.</summary>
    public required int Branches { get; init; }

    /// <summary>Why it rolled back; null when it did not.</summary>
    public FatGroupAbort? Abort { get; init; }
}
