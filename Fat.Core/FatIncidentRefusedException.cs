namespace Fat;

/// <summary>Nothing was done about an incident; the message says why.</summary>
public sealed class FatIncidentRefusedException : FatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="gid">The group.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="reason">Why, and what to do.</param>
    /// <param name="innerException">What was thrown, if anything.</param>
    public FatIncidentRefusedException(string gid, string branch, string reason, Exception? innerException = null)
        : base($"Nothing was done about branch {branch} of group {gid}: {reason}", innerException) => (Gid, Branch) = (gid, branch);

    /// <summary>The group.</summary>
    public string Gid { get; }

    /// <summary>The branch.</summary>
    public string Branch { get; }
}
