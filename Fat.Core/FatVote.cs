namespace Fat;

/// <summary>What is known of a branch's ability to commit.</summary>
public enum FatVote
{
    /// <summary>It has not voted as far as is known.</summary>
    Pending,

    /// <summary>It is open, shared with other calls of its group (<see cref="FatJoin.Group"/>), and prepares when the root tells it to.</summary>
    Joined,

    /// <summary>It is prepared: it can commit at any later time.</summary>
    Prepared,

    /// <summary>It wrote nothing and is over.</summary>
    ReadOnly,
}
