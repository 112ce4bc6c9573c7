namespace Fat;

/// <summary>When a called service answers its caller.</summary>
public enum FatAnswer
{
    /// <summary>As <c>Fat:Answer</c> says.</summary>
    Default = 0,

    /// <summary>
    /// As soon as the business result is there; the branch prepares and votes in the background, through Redis,
    /// while its caller already goes on.
    /// </summary>
    Early = 1,

    /// <summary>Once every branch is prepared; the vote travels in the reply and the root needs nothing from Redis to commit.</summary>
    Prepared = 2,
}
