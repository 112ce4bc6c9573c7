using Fat.Context;

namespace Fat;

/// <summary>
/// A call from inside a group, while it is handled by what takes no part in that group. What would begin a group of its own meanwhile is refused with
/// <see cref="FatConfigurationException"/>, and <see cref="Reply"/> then rolls the caller's group back: the new group would commit, whatever became of the
/// caller's. <c>UseFat()</c> enters one for endpoints without <see cref="FatServiceRegisterAttribute"/>; transports of your own do it where they answer
/// <see cref="FatRemoteFields.NotAParticipant"/>. Calls that are made meanwhile carry <see cref="Fields"/>, so that what they reach begins no group either. Thread-safe.
/// </summary>
/// <remarks>
/// It flows with async code. A scope that joins the caller's group by the fields that came ends it for what runs in that scope, and so does
/// <see cref="FatContext.Suppress"/>, for work that is meant to be independent of the caller. Work that outlives the call is on its own from the call's end on.
/// </remarks>
public sealed class FatUnjoinedCall : IDisposable
{
    private static readonly Dictionary<string, string> TakesNoPart = Of(FatRemoteFields.Reply, FatRemoteFields.NotAParticipant);

    private readonly FatUnjoinedCall? _outer;
    private readonly AmbientScope.Restorer _restorer;
    private volatile Dictionary<string, string> _reply = TakesNoPart;
    private volatile bool _over;

    private FatUnjoinedCall(string endpoint, string? cameBy)
    {
        CameBy = cameBy;
        Fields = Of(FatRemoteFields.Unjoined, UnjoinedMark.Format(cameBy ?? endpoint));
        _outer = AmbientScope.UnjoinedCall;
        _restorer = AmbientScope.Enter(this);
    }

    /// <summary>The call that the current code handles; null outside of one, in scopes, inside <see cref="FatContext.Suppress"/>, and in work that has outlived it.</summary>
    public static FatUnjoinedCall? Current => AmbientScope.UnjoinedCall;

    /// <summary>The fields to send with calls that are made meanwhile: what would begin a group there is refused. <c>AddFatPropagation()</c> does it; hand what comes back to <see cref="Answered"/>.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; }

    /// <summary>The fields to send back, at any time until the answer leaves: that the group is left as it was, or that it has to roll back.</summary>
    public IReadOnlyDictionary<string, string> Reply => _reply;

    /// <summary>Whether something was refused, so that the caller's group has to roll back.</summary>
    public bool IsRefused => !ReferenceEquals(_reply, TakesNoPart);

    internal bool IsOver => _over;

    /// <summary>The endpoint before this one that took no part, when the caller itself has no group; else null.</summary>
    internal string? CameBy { get; }

    /// <summary>The current code handles such a call until the returned one is disposed, in the same method.</summary>
    public static FatUnjoinedCall Enter() => Enter("an endpoint that is not named");

    /// <summary>The current code handles such a call until the returned one is disposed, in the same method.</summary>
    /// <param name="endpoint">What handles it, for people: refusals further on name it.</param>
    /// <param name="fields">The fields that came. With <see cref="FatRemoteFields.Unjoined"/> alone the caller has no group itself, and the endpoint before it is named.</param>
    public static FatUnjoinedCall Enter(string endpoint, IReadOnlyDictionary<string, string>? fields = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return new(endpoint, UnjoinedMark.EndpointOf(fields));
    }

    /// <summary>What came back with a call that carried <see cref="Fields"/>: when something was refused there, it counts as refused here.</summary>
    /// <param name="reply">The reply fields.</param>
    public void Answered(IReadOnlyDictionary<string, string> reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (RemoteDataSigner.Find(reply, FatRemoteFields.Reply) is { } text && RemoteReply.TryParse(text, out var parsed) && parsed is RemoteReply.Failed)
            Refuse(text);
    }

    /// <summary>Ends it. Work of it that goes on is not refused any more.</summary>
    public void Dispose()
    {
        _over = true;
        _restorer.Dispose();
    }

    /// <summary>The first refusal counts, for every one around this as well: which of them answers the caller is not known here.</summary>
    internal void Refuse(string reply)
    {
        for (var call = this; call is not null; call = call._outer)
        {
            if (!call.IsRefused)
                call._reply = Of(FatRemoteFields.Reply, reply);
        }
    }

    private static Dictionary<string, string> Of(string name, string value) => new(1, StringComparer.OrdinalIgnoreCase) { [name] = value };
}
