namespace Fat.Refit.Tests.Support;

/// <summary>Sends a copy of the request, and another one when that throws.</summary>
internal sealed class CopyingRetryHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(CopyOf(request), cancellationToken);
        }
        catch (HttpRequestException)
        {
            return await base.SendAsync(CopyOf(request), cancellationToken);
        }
    }

    private static HttpRequestMessage CopyOf(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri);
        foreach (var (name, values) in request.Headers)
            copy.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }
}
