namespace Fat.Refit;

/// <summary>One request that is sent while a call from inside a group is handled without a part in it: it says so, and a refusal that comes back goes on to that call's caller.</summary>
internal sealed class UnjoinedRequest : IDisposable
{
    private readonly FatUnjoinedCall _handled;
    private readonly HttpRequestMessage _request;

    private UnjoinedRequest(FatUnjoinedCall handled, HttpRequestMessage request)
    {
        _handled = handled;
        _request = request;
    }

    /// <summary>Null outside of such a call, and for code that passes its caller's context on by itself: what it calls joins.</summary>
    public static UnjoinedRequest? Begin(HttpRequestMessage request)
    {
        if (FatUnjoinedCall.Current is not { } handled || request.Headers.Contains(FatRemoteFields.Context))
            return null;
        PropagationHeaders.Set(request.Headers, handled.Fields);
        FirstFailure.Forget(request);
        return new UnjoinedRequest(handled, request);
    }

    public void CameBack(HttpResponseMessage response) => _handled.Answered(PropagationHeaders.Reply(response.Headers));

    /// <summary>A handler further in that repeats requests may have dropped the refusal, and thrown in the end.</summary>
    public void Dispose()
    {
        if (FirstFailure.Of(_request) is { } first)
            _handled.Answered(first.Reply);
    }
}
