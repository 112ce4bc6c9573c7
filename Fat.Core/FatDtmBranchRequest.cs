namespace Fat;

/// <summary>A branch of a tcc as clients of DTM register it, under the names of its JSON. Immutable.</summary>
public sealed record FatDtmBranchRequest
{
    /// <summary>The transaction, which is prepared.</summary>
    public string? Gid { get; init; }

    /// <summary><c>tcc</c>.</summary>
    public string? TransType { get; init; }

    /// <summary>The branch's id: 1 to 20 of <c>A-Za-z0-9._-</c>.</summary>
    public string? BranchId { get; init; }

    /// <summary>The body of both calls; without one they are made with GET. Default: none.</summary>
    public string? Data { get; init; }

    /// <summary>The address that is called when the transaction is submitted; an empty one succeeds without a call.</summary>
    public string? Confirm { get; init; }

    /// <summary>The address that is called when the transaction is aborted; an empty one succeeds without a call.</summary>
    public string? Cancel { get; init; }
}
