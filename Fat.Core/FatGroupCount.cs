using System.Collections.Immutable;

namespace Fat;

/// <summary>How many groups ended in a minute or an hour, and how. Immutable.</summary>
public sealed record FatGroupCount
{
    /// <summary>When the minute or hour began, by the registry's clock.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Groups that committed.</summary>
    public required long Committed { get; init; }

    /// <summary>Groups that rolled back.</summary>
    public required long RolledBack { get; init; }

    /// <summary>Groups that were in doubt as their root's caller was answered.</summary>
    public required long InDoubt { get; init; }

    /// <summary>The time that half of them took at most, from begin to end; null when there were none. Accurate to about a tenth.</summary>
    public TimeSpan? Median { get; init; }

    /// <summary>The time that 99 of 100 took at most.</summary>
    public TimeSpan? P99 { get; init; }

    /// <summary>Why groups rolled back, most frequent first: 50 at most for an hour, of which the last stands for all others and has an empty service; none for minutes.</summary>
    public ImmutableArray<FatAbortCount> Aborts { get; init; } = [];
}

/// <summary>How many groups rolled back for a reason. Immutable.</summary>
/// <param name="Abort">The reason, its text cut to 200 characters.</param>
/// <param name="Count">How many.</param>
public sealed record FatAbortCount(FatGroupAbort Abort, long Count);

/// <summary>How long a <see cref="FatGroupCount"/> is of.</summary>
public enum FatCountStep
{
    /// <summary>A minute; kept for two hours.</summary>
    Minute,

    /// <summary>An hour; kept for seven days.</summary>
    Hour,
}
