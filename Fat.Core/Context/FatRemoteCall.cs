namespace Fat;

/// <summary>
/// One call to another service, made inside a group: the fields to send, and what became of the call. A call that is
/// neither <see cref="Answered"/> nor <see cref="Failed"/> is taken for one whose transport returns nothing: the group then
/// waits until the called scope has closed in Redis. Thread-safe; the first outcome counts.
/// </summary>
public abstract class FatRemoteCall
{
    private protected FatRemoteCall()
    {
    }

    /// <summary>The fields to send with the call, by the names in <see cref="FatRemoteFields"/>.</summary>
    public abstract IReadOnlyDictionary<string, string> Fields { get; }

    /// <summary>
    /// The call came back well. The reply fields tell which branches it made; without them, or with fields that
    /// cannot be read, the call counts as failed, because the group would not know what it has to commit.
    /// </summary>
    /// <param name="reply">The reply fields.</param>
    public abstract void Answered(IReadOnlyDictionary<string, string> reply);

    /// <summary>The call failed, timed out, or its outcome is unknown: the group rolls back.</summary>
    /// <param name="reason">What happened, in words.</param>
    /// <param name="reply">The reply fields, if any came: they name the first failure.</param>
    public abstract void Failed(string reason, IReadOnlyDictionary<string, string>? reply = null);
}
