namespace Fat;

/// <summary>Which groups that have ended are wanted. Immutable.</summary>
public sealed record FatGroupQuery
{
    /// <summary>The service that began them. Default: null, all.</summary>
    public string? Service { get; init; }

    /// <summary>How they ended: committed, rolled back, or in doubt when last heard of. Default: null, any.</summary>
    public FatOutcome? Outcome { get; init; }

    /// <summary>Those that ended at that time or later. Default: null.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Those that ended before that time. Default: null.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Where to read on: <see cref="FatPage{T}.Next"/> of the page before. Default: null, the newest.</summary>
    public string? Cursor { get; init; }

    /// <summary>How many to return, 1 to 1000. Default: 50.</summary>
    public int Limit { get; init; } = 50;
}
