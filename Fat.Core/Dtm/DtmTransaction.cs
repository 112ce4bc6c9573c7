using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fat.Dtm;

/// <summary>A global transaction as it is stored. Immutable: <see cref="DtmTransition"/> makes the next one.</summary>
internal sealed record DtmTransaction(string Service, string Gid, DtmKind Kind)
{
    public DtmStatus Status { get; init; }

    public IReadOnlyList<DtmBranch> Branches { get; init; } = [];

    public string? QueryPrepared { get; init; }

    public string? CustomData { get; init; }

    public bool Concurrent { get; init; }

    /// <summary>Steps that have to be done before a step, by their places.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<int>>? Orders { get; init; }

    /// <summary>Seconds from the submission to the first call.</summary>
    public long Delay { get; init; }

    /// <summary>In seconds, as those below; 0 as the service's options say.</summary>
    public long Timeout { get; init; }

    public long RequestTimeout { get; init; }

    public long RetryInterval { get; init; }

    public long RetryLimit { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Why it is rolled back.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Updated { get; init; }

    public DateTimeOffset? Submitted { get; init; }

    public DateTimeOffset? Ended { get; init; }

    /// <summary>When it goes on.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>How often in a row it has failed since something succeeded.</summary>
    public int Failures { get; init; }

    /// <summary>Why it failed last.</summary>
    public string? Error { get; init; }

    /// <summary>How often it was worked on until it had to pause.</summary>
    public int Rounds { get; init; }

    /// <summary>Grows with each writing: what was written never comes back.</summary>
    public long Version { get; init; }

    [JsonIgnore]
    public bool IsOver => Status is DtmStatus.Succeeded or DtmStatus.Failed;

    /// <summary>When the first call may be made.</summary>
    [JsonIgnore]
    public DateTimeOffset Due => (Submitted ?? Created) + TimeSpan.FromSeconds(Delay);

    public string Write() => JsonSerializer.Serialize(this, DtmFormat.Compact.DtmTransaction);

    /// <summary>Null for what is none.</summary>
    public static DtmTransaction? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, DtmFormat.Compact.DtmTransaction);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A branch: what is called when the transaction goes forward, and what when it is taken back.</summary>
/// <param name="Id">Its id: 01, 02, … as DTM's.</param>
/// <param name="Forward">The action, or the confirmation.</param>
internal sealed record DtmBranch(string Id, DtmCall Forward)
{
    /// <summary>The compensation, or the cancellation; null where nothing is taken back.</summary>
    public DtmCall? Backward { get; init; }

    /// <summary>The body of both; null for none.</summary>
    public string? Body { get; init; }
}

/// <summary>A call of a branch.</summary>
/// <param name="Url">The address; empty for one that succeeds without a call.</param>
internal sealed record DtmCall(string Url)
{
    public DtmCallState State { get; init; }

    public DateTimeOffset? Ended { get; init; }
}

internal enum DtmKind
{
    Message,
    Saga,
    Tcc,
}

internal enum DtmStatus
{
    Prepared,
    Submitted,
    Aborting,
    Succeeded,
    Failed,
}

internal enum DtmCallState
{
    /// <summary>It was not called, or nobody knows what came of it.</summary>
    Waiting,
    Done,
    Failed,
}
