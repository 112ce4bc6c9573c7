namespace Fat;

/// <summary>What a <see cref="FatTransactionAttribute"/> method does when its group already works on the same database in this process.</summary>
public enum FatJoin
{
    /// <summary>As <c>Fat:Join</c> says, which is <see cref="None"/> unless set.</summary>
    Default,

    /// <summary>Every call is a branch of its own. It does not see what others of its group have written, and waits for their row locks.</summary>
    None,

    /// <summary>
    /// Calls of one group that reach the same process and database share one transaction: each sees what those before it have
    /// written, none waits for a lock of another, and all of them commit by one prepare. One works at a time; a call that is
    /// caused by the one that works, through other services, goes in between. The transaction prepares when the root's
    /// method has returned, so that its vote travels through Redis, and it holds its connection until then.
    /// </summary>
    Group,
}
