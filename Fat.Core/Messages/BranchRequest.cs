namespace Fat.Messages;

/// <summary>A call with DTM's query fields.</summary>
/// <param name="Gid">The transaction (<c>gid</c>).</param>
/// <param name="Kind">Its kind (<c>trans_type</c>).</param>
/// <param name="BranchId">The branch (<c>branch_id</c>).</param>
/// <param name="Op">What is asked of it (<c>op</c>).</param>
/// <param name="Url">An absolute address, or a path of <see cref="Service"/>.</param>
internal sealed record BranchRequest(string Gid, string Kind, string BranchId, string Op, string Url)
{
    /// <summary>The service that is called; null for an absolute address.</summary>
    public string? Service { get; init; }

    /// <summary>The body as JSON; null for a GET.</summary>
    public string? Body { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Null as the service's options say.</summary>
    public TimeSpan? Timeout { get; init; }

    public string Target => Service is null ? Url : $"{Service}: {Url}";
}
