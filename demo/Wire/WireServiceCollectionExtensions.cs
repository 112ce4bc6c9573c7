using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Wire;

public static class WireServiceCollectionExtensions
{
    /// <summary>Listens for messages as long as the application runs.</summary>
    /// <typeparam name="THandler">What handles each of them.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="port">The port of the loopback interface to listen on.</param>
    public static IServiceCollection AddWireListener<THandler>(this IServiceCollection services, int port)
        where THandler : class, IWireHandler =>
        services
            .AddScoped<THandler>()
            .AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<WireListener<THandler>>(provider, port));
}
