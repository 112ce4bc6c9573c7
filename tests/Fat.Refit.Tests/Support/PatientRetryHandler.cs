namespace Fat.Refit.Tests.Support;

/// <summary>Sends once more after an answer of 500 or more, but waits so long before that only its token ends it.</summary>
internal sealed class PatientRetryHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var first = await base.SendAsync(request, cancellationToken);
        if ((int)first.StatusCode < 500)
            return first;
        first.Dispose();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
