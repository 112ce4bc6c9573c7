namespace Fat.Protocol;

/// <summary>What is known of a branch's ability to commit.</summary>
internal enum Vote
{
    /// <summary>It exists, and has not voted as far as is known.</summary>
    Pending,

    /// <summary>It is open, shared with other calls of its group, and prepares when the root tells it to (rule S9).</summary>
    Joined,

    /// <summary>It is prepared and can commit at any later time.</summary>
    Prepared,

    /// <summary>It wrote nothing and is over: no phase 2.</summary>
    ReadOnly,
}
