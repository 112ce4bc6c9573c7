namespace Fat;

/// <summary>
/// The outcome of the group is not known yet: the connection was lost while the decision was written. It is never reported
/// as rolled back. Recovery settles it from the decision database, in every service alike, with nothing for the caller to
/// do; repeating the request may do the work twice.
/// </summary>
public sealed class FatInDoubtException : FatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="gid">The group.</param>
    /// <param name="reason">Why the outcome is not known.</param>
    /// <param name="innerException">What was thrown while the decision was written.</param>
    public FatInDoubtException(string gid, string reason, Exception? innerException = null)
        : base($"The outcome of group {gid} is in doubt and is settled by recovery: {reason}", innerException) => Gid = gid;

    /// <summary>The group.</summary>
    public string Gid { get; }
}
