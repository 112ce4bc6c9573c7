namespace Demo.Shop;

/// <summary>What the root said to its client.</summary>
/// <param name="Status">The HTTP status: 200 is committed, 409 rolled back.</param>
/// <param name="Problem">Why it was not committed, or null when it was.</param>
/// <param name="Took">How long the client waited.</param>
internal sealed record Answer(int Status, Problem? Problem, TimeSpan Took)
{
    public bool IsCommitted => Status == 200;

    public bool IsRolledBack => Status == 409;

    /// <summary>Whether it is rolled back, and because of this service.</summary>
    public bool IsRolledBackBy(string service) => IsRolledBack && Problem?.Service == service;

    public override string ToString() => Status switch
    {
        200 => $"200, committed, in {Took.TotalMilliseconds:0} ms",
        409 => $"409, rolled back, in {Took.TotalMilliseconds:0} ms: {Problem}",
        _ => $"{Status} in {Took.TotalMilliseconds:0} ms: {Problem}",
    };
}
