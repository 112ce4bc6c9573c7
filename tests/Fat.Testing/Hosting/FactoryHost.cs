using Microsoft.AspNetCore.Mvc.Testing;

namespace Fat.Testing.Hosting;

/// <summary>An application that was started from its entry point.</summary>
internal sealed class FactoryHost<TEntryPoint>(WebApplicationFactory<TEntryPoint> factory) : IRunningHost
    where TEntryPoint : class
{
    public IServiceProvider Services => factory.Services;

    public HttpMessageHandler CreateHandler() => factory.Server.CreateHandler();

    public async Task StopAsync(CancellationToken cancellationToken) => await factory.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
}
