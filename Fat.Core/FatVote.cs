namespace Fat;

/// <summary>What is known of a branch's ability to commit.</summary>
public enum FatVote
{
    /// <summary>It has not voted as far as is known.</summary>
    Pending,

    /// <summary>It is prepared: it can commit at any later time.</summary>
    Prepared,

    /// <summary>It wrote nothing and is over.</summary>
    ReadOnly,
}
