using Microsoft.Extensions.Http;

namespace Fat.Testing.Hosting;

/// <summary>Every HttpClient that a service makes reaches the cluster's services by their addresses, whatever else it was configured with.</summary>
internal sealed class RoutedClients(FatTestCluster cluster, Incarnation caller) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        builder.PrimaryHandler = new Router(cluster, caller, builder.PrimaryHandler);
    };
}
