namespace Fat;

/// <summary>A global transaction as DTM's <c>query</c> tells of it. Immutable. Times are of the clocks of the instances that worked on it.</summary>
/// <param name="Gid">Its id.</param>
/// <param name="TransType"><c>msg</c>, <c>saga</c> or <c>tcc</c>.</param>
/// <param name="Status"><c>prepared</c>, <c>submitted</c>, <c>aborting</c>, <c>succeed</c> or <c>failed</c>.</param>
/// <param name="CreateTime">When it was stored.</param>
/// <param name="UpdateTime">When it was last written.</param>
/// <param name="Branches">Its branches, an entry for each call that is or may have to be made.</param>
public sealed record FatDtmTransaction(
    string Gid, string TransType, string Status, DateTimeOffset CreateTime, DateTimeOffset UpdateTime, IReadOnlyList<FatDtmTransactionBranch> Branches)
{
    /// <summary>When it succeeded, or null.</summary>
    public DateTimeOffset? FinishTime { get; init; }

    /// <summary>When it had failed, or null.</summary>
    public DateTimeOffset? RollbackTime { get; init; }

    /// <summary>Why it is rolled back, or null.</summary>
    public string? RollbackReason { get; init; }

    /// <summary>Whom a prepared message asks, or null.</summary>
    public string? QueryPrepared { get; init; }

    /// <summary>What came as custom data, or null.</summary>
    public string? CustomData { get; init; }

    /// <summary>When the next attempt is due, or null.</summary>
    public DateTimeOffset? NextCronTime { get; init; }

    /// <summary>Attempts in a row that have failed.</summary>
    public int Failures { get; init; }

    /// <summary>Why the last attempt failed, or null.</summary>
    public string? Error { get; init; }

    /// <summary>Whether branches are called at the same time.</summary>
    public bool Concurrent { get; init; }
}

/// <summary>A call of a branch of a global transaction. Immutable.</summary>
/// <param name="BranchId">The branch.</param>
/// <param name="Op"><c>action</c>, <c>compensate</c>, <c>confirm</c> or <c>cancel</c>.</param>
/// <param name="Url">The address.</param>
/// <param name="Status"><c>prepared</c>, <c>succeed</c> or <c>failed</c>.</param>
/// <param name="Data">The body, or null.</param>
/// <param name="FinishTime">When it succeeded or failed, or null.</param>
public sealed record FatDtmTransactionBranch(string BranchId, string Op, string Url, string Status, string? Data, DateTimeOffset? FinishTime);
