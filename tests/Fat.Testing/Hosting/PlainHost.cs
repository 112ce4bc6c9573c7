using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Hosting;

namespace Fat.Testing.Hosting;

/// <summary>A host with or without endpoints.</summary>
internal sealed class PlainHost(IHost host, string service) : IRunningHost
{
    public IServiceProvider Services => host.Services;

    public HttpMessageHandler CreateHandler() => host.Services.GetService(typeof(Microsoft.AspNetCore.Hosting.Server.IServer)) is TestServer server
        ? server.CreateHandler()
        : throw new InvalidOperationException($"'{service}' has no endpoints: add it with AddWebAsync, or call it with CallAsync.");

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await host.StopAsync(cancellationToken).ConfigureAwait(false);
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
        else
            host.Dispose();
    }
}
