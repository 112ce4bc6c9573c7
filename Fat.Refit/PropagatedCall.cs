namespace Fat.Refit;

/// <summary>One request that carries the group: its cancellation, and what the group learns of it.</summary>
internal sealed class PropagatedCall : IDisposable
{
    private static readonly HttpRequestOptionsKey<PropagatedCall?> Carried = new("Fat.PropagatedCall");

    private readonly FatRemoteCall _call;
    private readonly CancellationToken _caller;
    private readonly CancellationToken _aborted;
    private readonly CancellationTokenSource _either;
    private readonly HttpRequestMessage _request;
    private readonly string _target;
    private readonly Destination _sent;
    private readonly FatContext _group;
    private readonly string? _pinned;

    private PropagatedCall(FatContext group, FatRemoteCall call, HttpRequestMessage request, string target, string? pinned, CancellationToken caller)
    {
        _group = group;
        _pinned = pinned;
        _call = call;
        _request = request;
        _target = target;
        _sent = Destination.Of(request);
        _caller = caller;
        _aborted = group.Aborted;
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _aborted);
    }

    /// <summary>Cancelled by the caller and when the group is aborted or out of time.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Null outside of any group: the request is sent as it is.</summary>
    public static PropagatedCall? Begin(HttpRequestMessage request, bool pinInstances, CancellationToken caller)
    {
        var group = FatContext.Current;
        var target = Destination.Of(request).ToString();
        if (group is null || FatContext.BuildRemoteData(target) is not { } call)
            return null;
        PropagationHeaders.Set(request.Headers, call.Fields);
        FirstFailure.Forget(request);
        var pinned = pinInstances ? InstancePins.ServiceOf(request) : null;
        if (pinned is not null)
            InstancePins.Follow(group, request, pinned);
        var begun = new PropagatedCall(group, call, request, target, pinned, caller);
        request.Options.Set(Carried, begun);
        return begun;
    }

    /// <summary>The call that the request carries; null when that is over.</summary>
    public static PropagatedCall? Of(HttpRequestMessage request) => request.Options.TryGetValue(Carried, out var carried) ? carried : null;

    public void ThrowIfCancelled() => Token.ThrowIfCancellationRequested();

    /// <summary>While handlers further out may still mean to repeat the request: that the group is aborted cancels their wait.</summary>
    public void HasFailed(FirstFailure failure) => _call.Failed(failure.Reason, failure.Reply);

    public HttpResponseMessage CameBack(HttpResponseMessage response)
    {
        var reply = PropagationHeaders.Reply(response.Headers);
        if (_sent.RedirectOf(_request, response) is { } redirect)
            _call.Failed(Redirected(redirect));
        else if (PropagationHeaders.IsNotAParticipant(reply))
            _call.Answered(reply);
        else if ((int)response.StatusCode >= 400)
            Failed(FirstFailure.ReasonOf(response), reply);
        else
            Answered(response, reply);
        return response;
    }

    /// <summary>What to throw instead, or null to throw the same again.</summary>
    public OperationCanceledException? Failed(Exception thrown)
    {
        if (thrown is not OperationCanceledException cancelled)
        {
            Failed($"no answer: {thrown.Message}");
            return null;
        }

        if (_caller.IsCancellationRequested)
        {
            // HttpClient.Timeout arrives here as well: it cancels the token that it passes down.
            _call.Failed("cancelled or timed out by the caller before it answered");

            // The linked token is ours alone; the caller looks for its own.
            return cancelled.CancellationToken == Token ? new TaskCanceledException(cancelled.Message, cancelled, _caller) : null;
        }

        if (_aborted.IsCancellationRequested)
        {
            var reason = FirstFailure.Of(_request) is { } first
                ? $"{first.Reason}, and is not repeated: the group is aborted"
                : "cancelled before it answered: the group was aborted or ran out of time";
            _call.Failed(reason);
            return new TaskCanceledException($"{_target}: {reason}.", cancelled, _aborted);
        }

        Failed($"timed out before it answered: {cancelled.Message}");
        return null;
    }

    /// <summary>Only the last answer is here. Whoever redirected may have prepared branches, and named them in the answer that is gone.</summary>
    private static string Redirected(string target) =>
        $"a redirect led it to {target}, and what the redirecting service replied to the group is lost. Call that address directly, or " +
        "let no redirect be followed below AddFatPropagation(): SocketsHttpHandler.AllowAutoRedirect = false.";

    private void Answered(HttpResponseMessage response, IReadOnlyDictionary<string, string> reply)
    {
        _call.Answered(reply);
        if (_pinned is not null)
            InstancePins.Remember(_group, _pinned, PropagationHeaders.Address(response.Headers));
    }

    /// <summary>The service's own reason counts, when it gave one in an answer before the last.</summary>
    private void Failed(string reason, IReadOnlyDictionary<string, string>? reply = null)
    {
        var first = FirstFailure.Of(_request);
        _call.Failed(first?.Reason ?? reason, first?.Reply ?? reply);
    }

    public void Dispose()
    {
        _request.Options.Set(Carried, null);
        _either.Dispose();
    }
}
