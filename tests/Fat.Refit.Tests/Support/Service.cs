using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fat.Refit.Tests.Support;

/// <summary>A service with the real core and no database: what it begins and joins are groups without branches.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly IHost _host;

    private Service(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public static async Task<Service> StartAsync(string name, Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = name });
        builder.Logging.ClearProviders();
        builder.Services.AddFat(options => options.ServiceName = name).UseInMemoryRegistry();
        services?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new Service(host);
    }

    /// <summary>Runs a body as the root of a group.</summary>
    public Task<FatScopeResult> BeginAsync(Func<Task> body, FatServiceRegisterAttribute? attribute = null) =>
        EnterAsync("Begin", body, attribute, remote: null);

    /// <summary>Runs a body as a child of the group that the request carries.</summary>
    public Task<FatScopeResult> JoinAsync(HttpRequestMessage request, Func<Task> body) => EnterAsync(
        "Join",
        body,
        attribute: null,
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [FatRemoteFields.Context] = Assert.Single(request.Headers.GetValues(FatRemoteFields.Context)) });

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private Task<FatScopeResult> EnterAsync(string name, Func<Task> body, FatServiceRegisterAttribute? attribute, IReadOnlyDictionary<string, string>? remote) =>
        _host.Services.GetRequiredService<IFatScopes>().RunAsync(
            new FatScopeRequest(name, attribute ?? new FatServiceRegisterAttribute(), remote),
            async _ =>
            {
                await body();
                return null;
            },
            TestContext.Current.CancellationToken);
}
