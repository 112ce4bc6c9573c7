namespace Fat;

/// <summary>
/// The group is rolled back, in every service, and will stay so. The reason is that of the first failure, wherever in the
/// group it happened; what was thrown there in this process is the inner exception.
/// </summary>
public sealed class FatAbortedException : FatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="gid">The group.</param>
    /// <param name="service">The service in which the first failure happened.</param>
    /// <param name="method">The method or endpoint in which it happened.</param>
    /// <param name="reason">What happened, in words.</param>
    /// <param name="innerException">What was thrown, when it was thrown in this process.</param>
    public FatAbortedException(string gid, string service, string method, string reason, Exception? innerException = null)
        : base($"Group {gid} is rolled back: {service}, {method}: {reason}", innerException)
    {
        Gid = gid;
        Service = service;
        Method = method;
        Reason = reason;
    }

    /// <summary>The group.</summary>
    public string Gid { get; }

    /// <summary>The service in which the first failure happened.</summary>
    public string Service { get; }

    /// <summary>The method or endpoint in which the first failure happened.</summary>
    public string Method { get; }

    /// <summary>What happened, in words.</summary>
    public string Reason { get; }
}
