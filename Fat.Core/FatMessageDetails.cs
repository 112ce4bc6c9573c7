namespace Fat;

/// <summary>What is known of a message. Times are those of the Redis server. Immutable.</summary>
/// <param name="Gid">The message.</param>
/// <param name="Service">The service whose message it is.</param>
/// <param name="State">Its state.</param>
/// <param name="Branches">Its branches.</param>
public sealed record FatMessageDetails(string Gid, string Service, FatMessageState State, IReadOnlyList<FatMessageBranch> Branches)
{
    /// <summary>When its local transaction was about to begin; null when that was not told.</summary>
    public DateTimeOffset? Prepared { get; init; }

    /// <summary>When it was submitted; null when it was not.</summary>
    public DateTimeOffset? Submitted { get; init; }

    /// <summary>When it ended; null when it has not.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Why it was cancelled, or null.</summary>
    public string? Reason { get; init; }
}

/// <summary>What is known of a branch of a message. Immutable.</summary>
/// <param name="BranchId">The branch: 01, 02, ….</param>
/// <param name="Target">Where it goes: an address, or a topic and a group of subscribers.</param>
/// <param name="State">Its state.</param>
/// <param name="Attempts">In how many attempts it got there; while it is tried, how many have failed. It, <paramref name="Reason"/> and <paramref name="At"/> are of one attempt, the last that was told of.</param>
/// <param name="Reason">Why it failed last, or null.</param>
/// <param name="At">When it was last told of; null when it was not.</param>
/// <param name="Next">When it is tried again, or when its attempt's lease ends; null when it need not wait.</param>
/// <param name="Payload">What is sent, as JSON; null for none.</param>
public sealed record FatMessageBranch(
    string BranchId, string Target, FatMessageBranchState State, int Attempts, string? Reason, DateTimeOffset? At, DateTimeOffset? Next, string? Payload);

/// <summary>The state of a message.</summary>
public enum FatMessageState
{
    /// <summary>Its local transaction may be running.</summary>
    Prepared,

    /// <summary>Its local transaction has committed, and its branches are under way.</summary>
    Submitted,

    /// <summary>Submitted, and a branch has failed for good: it waits for an operator.</summary>
    Failed,

    /// <summary>All its branches are consumed, but for those that an operator has taken back.</summary>
    Consumed,

    /// <summary>Its local transaction was rolled back, or an operator has taken all of it back.</summary>
    Cancelled,
}

/// <summary>The state of a branch of a message.</summary>
public enum FatMessageBranchState
{
    /// <summary>It waits for its turn.</summary>
    Waiting,

    /// <summary>It is being worked on.</summary>
    Delivering,

    /// <summary>An attempt has failed, and it is tried again at its time.</summary>
    Retrying,

    /// <summary>It has taken effect.</summary>
    Consumed,

    /// <summary>It has failed for good and waits for an operator.</summary>
    Failed,

    /// <summary>An operator has taken it back, or the message's local transaction was rolled back.</summary>
    Cancelled,
}
