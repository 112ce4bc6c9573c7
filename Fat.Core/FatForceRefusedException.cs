namespace Fat;

/// <summary>A decision cannot be forced like that. Nothing was decided and nothing was recorded; the message says what to do.</summary>
public sealed class FatForceRefusedException : FatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="gid">The group.</param>
    /// <param name="reason">Why, and what to do.</param>
    /// <param name="innerException">What was thrown, if anything.</param>
    public FatForceRefusedException(string gid, string reason, Exception? innerException = null)
        : base($"No decision was forced for group {gid}: {reason}", innerException) => Gid = gid;

    /// <summary>The group.</summary>
    public string Gid { get; }
}
