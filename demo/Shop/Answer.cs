namespace Demo.Shop;

/// <summary>What the root said to its client.</summary>
/// <param name="Status">The HTTP status: 200 is committed, 409 rolled back.</param>
/// <param name="Detail">Why, when not committed.</param>
/// <param name="Took">How long the client waited.</param>
internal sealed record Answer(int Status, string Detail, TimeSpan Took)
{
    public bool IsCommitted => Status == 200;

    public bool IsRolledBack => Status == 409;

    public override string ToString() => Status switch
    {
        200 => $"200, committed, in {Took.TotalMilliseconds:0} ms",
        409 => $"409, rolled back, in {Took.TotalMilliseconds:0} ms: {Detail}",
        _ => $"{Status} in {Took.TotalMilliseconds:0} ms: {Detail}",
    };
}
