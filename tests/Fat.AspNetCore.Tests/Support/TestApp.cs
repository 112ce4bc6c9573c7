using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fat.AspNetCore.Tests.Support;

public enum Server
{
    InMemory,
    Kestrel,
}

/// <summary>A running application and a client for it.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestApp(WebApplication app, HttpClient client)
    {
        _app = app;
        Client = client;
    }

    public HttpClient Client { get; }

    public IPEndPoint Address => new(IPAddress.Loopback, new Uri(_app.Urls.Single()).Port);

    public static Task<TestApp> StartAsync(Server server, IFatScopes scopes, Action<WebApplication> build, Action<IServiceCollection>? services = null) =>
        StartAsync(
            server,
            app =>
            {
                app.UseFat();
                build(app);
            },
            added =>
            {
                added.AddSingleton(scopes);
                services?.Invoke(added);
            });

    public static async Task<TestApp> StartAsync(
        Server server, Action<WebApplication> build, Action<IServiceCollection> services, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        services(builder.Services);
        if (server == Server.Kestrel)
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        else
            builder.WebHost.UseTestServer();
        var app = builder.Build();
        build(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestApp(app, ClientOf(server, app));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static HttpClient ClientOf(Server server, WebApplication app)
    {
        if (server == Server.InMemory)
            return app.GetTestClient();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new HttpClient { BaseAddress = new Uri(address) };
    }
}
