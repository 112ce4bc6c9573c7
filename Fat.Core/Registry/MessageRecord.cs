using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Registry;

/// <summary>Where a message comes from.</summary>
/// <param name="Database">The database that has its row; null when it has none.</param>
/// <param name="Document">The whole message as text.</param>
internal sealed record MessageOrigin(FatName? Database, string Document);

/// <summary>A message whose local transaction has committed.</summary>
/// <param name="Id">The message.</param>
/// <param name="Origin">What is the message's.</param>
/// <param name="Branches">All its branches; their ids contain no line break.</param>
internal sealed record SubmittedMessage(MessageId Id, MessageOrigin Origin, IReadOnlyList<string> Branches);

/// <summary>A message and the database that has its row.</summary>
internal readonly record struct MessagePlace(MessageId Id, FatName? Database);

/// <summary>What is known of a message.</summary>
/// <param name="Id">The message.</param>
/// <param name="State">Its state.</param>
/// <param name="Origin">What is the message's.</param>
internal sealed record MessageRecord(MessageId Id, MessageState State, MessageOrigin Origin)
{
    public DateTimeOffset? Prepared { get; init; }

    public DateTimeOffset? Submitted { get; init; }

    /// <summary>How long ago that was when the record was read, by the registry's own clock, which no other is compared with.</summary>
    public TimeSpan? SinceSubmitted { get; init; }

    public DateTimeOffset? Ended { get; init; }

    /// <summary>Why it was cancelled, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>Its branches, of which something was told or not, in the order in which they were submitted.</summary>
    public ImmutableArray<BranchNote> Branches { get; init; } = [];
}

/// <summary>What was last told of a branch of a message.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="State">What became of it.</param>
/// <param name="Attempts">In how many attempts.</param>
/// <param name="Reason">Why it failed last, or null.</param>
/// <param name="At">When that was told; null when nothing was.</param>
internal sealed record BranchNote(string Branch, BranchState State, int Attempts, string? Reason, DateTimeOffset? At);

/// <summary>News of a branch of a message.</summary>
/// <param name="Id">The message.</param>
/// <param name="Branch">The branch.</param>
/// <param name="State">What became of it.</param>
/// <param name="Attempts">In how many attempts.</param>
/// <param name="Reason">Why it failed, or null; at most 1,000 characters are kept.</param>
internal sealed record BranchNews(MessageId Id, string Branch, BranchState State, int Attempts, string? Reason)
{
    /// <summary>The fence of the hold of the piece of work that came to this; 0 for what no hold came to.</summary>
    public long Fence { get; init; }
}

/// <summary>The state of a message.</summary>
internal enum MessageState
{
    /// <summary>Its local transaction may be running.</summary>
    Prepared,

    /// <summary>Its local transaction has committed; its branches are under way.</summary>
    Submitted,

    /// <summary>Submitted, and a branch has failed for good and waits for an operator.</summary>
    Failed,

    /// <summary>All its branches are consumed, but for those that an operator took back.</summary>
    Consumed,

    /// <summary>Its local transaction was rolled back, or an operator took it back.</summary>
    Cancelled,
}

/// <summary>What became of a branch of a message.</summary>
internal enum BranchState
{
    /// <summary>It is under way; an attempt may have failed.</summary>
    Waiting,

    /// <summary>It has taken effect.</summary>
    Consumed,

    /// <summary>It has failed for good and waits for an operator.</summary>
    Failed,

    /// <summary>An operator took it back.</summary>
    Cancelled,
}
