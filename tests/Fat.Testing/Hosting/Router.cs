namespace Fat.Testing.Hosting;

/// <summary>The network of a cluster: leads requests to its services, and others to where they would have gone.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="caller">The process that calls; null for the test.</param>
/// <param name="elsewhere">The way to whom the cluster does not know.</param>
internal sealed class Router(FatTestCluster cluster, Incarnation? caller, HttpMessageHandler elsewhere) : DelegatingHandler(elsewhere)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (caller is not null)
            await caller.PassAsync().ConfigureAwait(false);
        if (request.RequestUri is not { } address || cluster.Find(address) is not { } service)
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var response = await SendAsync(service, request, cancellationToken).ConfigureAwait(false);
        if (caller is not null)
            await caller.PassAsync().ConfigureAwait(false);
        return response;
    }

    /// <summary>A synchronous call blocks its thread until the answer is there, as it does over a network. It is answered on others, where nothing waits for this one's synchronization context.</summary>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        caller is { IsKilled: true } || (request.RequestUri is { } address && cluster.Find(address) is not null)
            ? Task.Run(() => SendAsync(request, cancellationToken), CancellationToken.None).GetAwaiter().GetResult()
            : base.Send(request, cancellationToken);

    private static async Task<HttpResponseMessage> SendAsync(FatTestService service, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var process = service.Process ?? throw new HttpRequestException(HttpRequestError.ConnectionError, $"Connection refused: '{service.Name}' does not run.");
        var groups = Wire.GroupsOf(request);
        await Wire.BeforeAsync(process, groups).ConfigureAwait(false);
        using var invoker = new HttpMessageInvoker(service.CreateHandler());
        var sending = invoker.SendAsync(request, cancellationToken);
        if (await Task.WhenAny(sending, process.Killed).ConfigureAwait(false) != sending)
            throw new HttpRequestException(HttpRequestError.ResponseEnded, $"The connection was reset: '{service.Name}' was killed.");
        var response = await sending.ConfigureAwait(false);
        var buffering = response.Content.LoadIntoBufferAsync(cancellationToken);
        if (await Task.WhenAny(buffering, process.Killed).ConfigureAwait(false) != buffering)
            throw new HttpRequestException(HttpRequestError.ResponseEnded, $"The connection was reset: '{service.Name}' was killed.");
        await buffering.ConfigureAwait(false);
        await Wire.AfterAsync(process, groups).ConfigureAwait(false);
        return response;
    }
}
