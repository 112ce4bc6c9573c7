namespace Fat;

/// <summary>How a scope ended and what to tell its caller.</summary>
public sealed class FatScopeResult
{
    /// <summary>Creates a result; for implementations of <see cref="IFatScopes"/>, which are Fat's own and those of tests.</summary>
    /// <param name="outcome">How the scope ended.</param>
    /// <param name="error">Why, when it is rolled back or in doubt.</param>
    /// <param name="reply">The reply fields; empty in a root.</param>
    /// <param name="gid">The group.</param>
    public FatScopeResult(FatOutcome outcome, FatException? error, IReadOnlyDictionary<string, string> reply, string gid)
    {
        Outcome = outcome;
        Error = error;
        Reply = reply;
        Gid = gid;
    }

    /// <summary>The group.</summary>
    public string Gid { get; }

    /// <summary>How the scope ended.</summary>
    public FatOutcome Outcome { get; }

    /// <summary>
    /// <see cref="FatAbortedException"/> when rolled back, <see cref="FatInDoubtException"/> when in doubt, else null.
    /// </summary>
    public FatException? Error { get; }

    /// <summary>The reply fields a child's transport carries back to the caller, also when the scope failed. Empty in a root.</summary>
    public IReadOnlyDictionary<string, string> Reply { get; }
}
