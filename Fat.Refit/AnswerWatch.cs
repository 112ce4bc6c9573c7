namespace Fat.Refit;

/// <summary>
/// Notices what handlers further out would hide: that a request was redirected below, and the first answer that failed, of which the group is told before they wait to repeat the request. It is the innermost handler of a
/// client of the factory: those further out may change a request's address for reasons of their own (service discovery) and change it back when the answer
/// is there, and may send it again.
/// </summary>
internal sealed class AnswerWatch : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = Destination.Of(request);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        Note(sent, request, response);
        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = Destination.Of(request);
        var response = base.Send(request, cancellationToken);
        Note(sent, request, response);
        return response;
    }

    private static void Note(Destination sent, HttpRequestMessage request, HttpResponseMessage response)
    {
        sent.Note(request, response);
        if (FirstFailure.Note(request, response) is { } failure && sent.RedirectOf(request, response) is null)
            PropagatedCall.Of(request)?.HasFailed(failure);
    }
}
