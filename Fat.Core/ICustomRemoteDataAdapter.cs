namespace Fat;

/// <summary>
/// Brings the group into a <see cref="FatServiceRegisterAttribute"/> method that is reached by a transport other than HTTP:
/// when such a method of a proxied service is entered, every registered adapter is asked in turn. Register with
/// <see cref="IFatBuilder.AddRemoteDataAdapter{TAdapter}"/>. Called concurrently; keep the message being handled in an
/// <see cref="AsyncLocal{T}"/> or a scoped service.
/// </summary>
public interface ICustomRemoteDataAdapter
{
    /// <summary>
    /// The fields that came with the message being handled (what <see cref="FatRemoteCall.Fields"/> held at the sender), or
    /// null when no message of this transport is being handled.
    /// </summary>
    IReadOnlyDictionary<string, string>? Read();

    /// <summary>
    /// Takes the fields to send back to the caller, who passes them to <see cref="FatRemoteCall.Answered"/>. A transport
    /// that returns nothing leaves this empty: the group then learns of the scope through Redis.
    /// </summary>
    /// <param name="reply">The fields.</param>
    /// <returns>False when the transport cannot send them back. Default: false.</returns>
    bool Reply(IReadOnlyDictionary<string, string> reply) => false;
}
