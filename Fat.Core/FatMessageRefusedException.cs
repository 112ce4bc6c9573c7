namespace Fat;

/// <summary>
/// A message is not taken, and nothing of it was done: the local transaction is rolled back. Its <see cref="Exception.Message"/> says what to change.
/// </summary>
public sealed class FatMessageRefusedException : FatException
{
    internal FatMessageRefusedException(string gid, FatMessageRefusal refusal, string message, Exception? inner = null)
        : base(message, inner)
    {
        Gid = gid;
        Refusal = refusal;
    }

    /// <summary>The message.</summary>
    public string Gid { get; }

    /// <summary>Why it is refused.</summary>
    public FatMessageRefusal Refusal { get; }
}

/// <summary>Why a message is refused.</summary>
public enum FatMessageRefusal
{
    /// <summary>Nobody has ever subscribed to the topic; or nobody is known to, while the registry, which would know, is away.</summary>
    UnknownTopic,

    /// <summary>There is no address for the service that is to be called (<see cref="FatMessageOptions.Services"/>).</summary>
    UnknownService,

    /// <summary>It is larger than <see cref="FatMessageOptions.SizeLimit"/>.</summary>
    TooLarge,

    /// <summary>It has no branch.</summary>
    Empty,

    /// <summary>A message of this id has been submitted before: its local work is done.</summary>
    Duplicate,

    /// <summary>
    /// It was not stored within <see cref="FatMessageOptions.TimeoutToFail"/>, and recovery was first: nothing was done, and its id, which Fat has made, is used up. One of the application's own can be repeated instead.
    /// </summary>
    Cancelled,
}
