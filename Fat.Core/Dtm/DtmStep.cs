namespace Fat.Dtm;

/// <summary>What a request makes of a transaction: the next state, which may be the same, or a refusal.</summary>
/// <param name="Next">The next state; null when it is refused.</param>
/// <param name="Problem">Why it is refused.</param>
internal sealed record DtmStep(DtmTransaction? Next, string? Problem)
{
    /// <summary>There is no such transaction.</summary>
    public static DtmStep Unknown { get; } = new(null, null);

    public static DtmStep To(DtmTransaction next) => new(next, null);

    public static DtmStep Refuse(string problem) => new(null, problem);
}
