namespace Fat;

/// <summary>A global transaction as clients of DTM send it, under the names of its JSON. Immutable.</summary>
public sealed record FatDtmRequest
{
    /// <summary>The transaction's id: 1 to 124 of <c>A-Za-z0-9._:~-</c>, not beginning with <c>dtm:</c>.</summary>
    public string? Gid { get; init; }

    /// <summary><c>msg</c>, <c>saga</c> or <c>tcc</c>.</summary>
    public string? TransType { get; init; }

    /// <summary>Each step's addresses: <c>action</c>, and <c>compensate</c> for a saga. Absolute addresses of <c>http</c> or <c>https</c>; an empty one succeeds without a call. Default: none.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string?>>? Steps { get; init; }

    /// <summary>The body of each step, JSON; a step without one is called with GET. Default: none.</summary>
    public IReadOnlyList<string?>? Payloads { get; init; }

    /// <summary>Whom to ask whether a prepared message's local transaction has committed: needed to prepare a message.</summary>
    public string? QueryPrepared { get; init; }

    /// <summary>JSON: <c>{"delay": seconds}</c> of a message, <c>{"concurrent": true, "orders": {"1": [0]}}</c> of a saga (step 1 after step 0). Of a tcc it is only kept. Default: none.</summary>
    public string? CustomData { get; init; }

    /// <summary>Whether the answer is to be the transaction's result. Default: false.</summary>
    public bool WaitResult { get; init; }

    /// <summary>Seconds after which a prepared transaction is asked for or cancelled, and a submitted saga compensated. 0: <see cref="FatMessageOptions.TimeoutToFail"/>, and never for a submitted saga. Default: 0.</summary>
    public long TimeoutToFail { get; init; }

    /// <summary>Seconds that one call may take: up to 86,400. 0: <see cref="FatMessageOptions.RequestTimeout"/>. Default: 0.</summary>
    public long RequestTimeout { get; init; }

    /// <summary>Seconds until the first repetition. 0: <see cref="FatMessageOptions.RetryInterval"/>. Default: 0.</summary>
    public long RetryInterval { get; init; }

    /// <summary>How often the actions of a saga are repeated, at once and in a row, before it is compensated. 0: without end, with pauses. Default: 0.</summary>
    public long RetryLimit { get; init; }

    /// <summary>Headers of every call. Default: none.</summary>
    public IReadOnlyDictionary<string, string?>? BranchHeaders { get; init; }

    /// <summary>Whether the branches of a message, or of a saga, are called at the same time. Default: false.</summary>
    public bool Concurrent { get; init; }

    /// <summary>Why it is aborted. Default: none.</summary>
    public string? RollbackReason { get; init; }

    /// <summary><c>http</c> or nothing: gRPC and JSON-RPC are not supported.</summary>
    public string? Protocol { get; init; }
}
