namespace Fat.Refit.Tests.Support;

/// <summary>Sends a request elsewhere than it was meant for.</summary>
internal sealed class Rerouting(Func<HttpRequestMessage, HttpRequestMessage> change, HttpMessageHandler? inner = null, bool changesItBack = false) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (inner is not null)
            InnerHandler ??= inner;
        var meant = request.RequestUri;
        try
        {
            return await base.SendAsync(change(request), cancellationToken);
        }
        finally
        {
            if (changesItBack)
                request.RequestUri = meant;
        }
    }
}
