namespace Fat.Messages;

/// <summary>
/// Leaves word on a request of where a redirect has led it: whoever follows one changes the request's own method and address, so the last answer need not be that of the service that was called, nor the last
/// request have its body. It is the innermost handler of a client of the factory: handlers further out may change an address for reasons of their own (service discovery), and change it back.
/// </summary>
internal sealed class RedirectWatch : DelegatingHandler
{
    private static readonly HttpRequestOptionsKey<string> Redirected = new("Fat.BranchRedirectedTo");

    /// <summary>To where a redirect led, in any attempt; null when there was none.</summary>
    public static string? TargetOf(HttpRequestMessage? request) => request is not null && request.Options.TryGetValue(Redirected, out var target) ? target : null;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (method, address) = (request.Method, request.RequestUri);
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Also when it failed: a handler further out may repeat the request as it is now.
            if (address is not null && request.RequestUri is { } arrived && (request.Method != method || !IsSame(address, arrived)))
                request.Options.Set(Redirected, $"{request.Method} {arrived.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)}");
        }
    }

    /// <summary>From http to https of the same host is no other place.</summary>
    private static bool IsSame(Uri sent, Uri arrived) =>
        sent.IdnHost == arrived.IdnHost && sent.PathAndQuery == arrived.PathAndQuery
        && ((sent.Scheme == arrived.Scheme && sent.Port == arrived.Port) || (sent.Scheme == Uri.UriSchemeHttp && arrived.Scheme == Uri.UriSchemeHttps));
}
