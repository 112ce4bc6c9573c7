namespace Fat.Refit;

/// <summary>
/// Carries the current group with each request and tells the group what became of the call. Usually added by
/// <c>AddFatPropagation()</c>; use it directly where a client is made by hand.
/// </summary>
/// <remarks>
/// A status of 400 or more, an exception, a time-out and a cancellation all roll the group back, also when the calling code swallows them.
/// That ends with the headers of the answer, which name the call's branches and carry their votes: a body that breaks off or times out behind them fails the calling code alone, and rolls the
/// group back unless that code swallows it.
/// A call is cancelled when its group is aborted or out of time. A service that says that it took no part (its
/// endpoint has no <see cref="FatServiceRegisterAttribute"/>) leaves the group as it was, whatever its status. A redirect that was followed
/// further in rolls the group back as well, and so does, in a client that is made by hand, a handler further in that leaves the request with another address.
/// Outside of any group requests are sent as they are, but while a call from inside a group is handled without a part in it (<see cref="FatUnjoinedCall"/>) they say so, and what would begin a group there is refused.
/// </remarks>
public sealed class FatPropagationHandler : DelegatingHandler
{
    /// <summary>Creates a handler whose inner handler is set later.</summary>
    public FatPropagationHandler()
    {
    }

    /// <summary>Creates a handler.</summary>
    /// <param name="innerHandler">The handler that sends the request.</param>
    public FatPropagationHandler(HttpMessageHandler innerHandler)
        : base(innerHandler)
    {
    }

    /// <summary>
    /// Later calls of a scope to the same scheme, host and port go to the instance that answered the first one, if that tells its address (<c>Fat:Address</c>), so
    /// that they can share its transaction (<see cref="FatJoin.Group"/>). A client that chooses among several addresses by itself is not pinned, nor are calls of other scopes of the group. Default: false.
    /// </summary>
    public bool PinInstances { get; set; }

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (PropagatedCall.Begin(request, PinInstances, cancellationToken) is not { } call)
            return await SendOutsideAsync(request, cancellationToken).ConfigureAwait(false);
        using (call)
        {
            try
            {
                call.ThrowIfCancelled();
                return call.CameBack(await base.SendAsync(request, call.Token).ConfigureAwait(false));
            }
            catch (Exception thrown)
            {
                if (call.Failed(thrown) is { } translated)
                    throw translated;
                throw;
            }
        }
    }

    /// <inheritdoc />
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (PropagatedCall.Begin(request, PinInstances, cancellationToken) is not { } call)
            return SendOutside(request, cancellationToken);
        using (call)
        {
            try
            {
                call.ThrowIfCancelled();
                return call.CameBack(base.Send(request, call.Token));
            }
            catch (Exception thrown)
            {
                if (call.Failed(thrown) is { } translated)
                    throw translated;
                throw;
            }
        }
    }

    private async Task<HttpResponseMessage> SendOutsideAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var unjoined = UnjoinedRequest.Begin(request);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        unjoined?.CameBack(response);
        return response;
    }

    private HttpResponseMessage SendOutside(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var unjoined = UnjoinedRequest.Begin(request);
        var response = base.Send(request, cancellationToken);
        unjoined?.CameBack(response);
        return response;
    }
}
