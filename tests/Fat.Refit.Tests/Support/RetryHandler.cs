namespace Fat.Refit.Tests.Support;

/// <summary>Sends once more when an attempt throws or is answered with 400 or more.</summary>
internal sealed class RetryHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var first = await base.SendAsync(request, cancellationToken);
            if ((int)first.StatusCode < 400)
                return first;
            first.Dispose();
        }
        catch (HttpRequestException)
        {
            // As with such an answer: once more.
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
