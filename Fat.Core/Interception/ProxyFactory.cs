using System.Collections.Concurrent;
using Castle.DynamicProxy;
using Fat.Coordination;

namespace Fat.Interception;

/// <summary>Makes proxied instances. Thread-safe.</summary>
internal sealed class ProxyFactory(MethodPlans plans, ProxiedScopes scopes, LocalRunner alone, Databases databases)
{
    private readonly ProxyGenerator _generator = new();
    private readonly ConcurrentDictionary<MarkedMethods, ProxyMaker> _makers = new();

    /// <summary>An instance of the implementation behind a proxy for the service, from a DI scope.</summary>
    public object Create(MarkedMethods methods, IServiceProvider services)
    {
        var interceptor = new FatInterceptor(methods, plans, scopes, alone, databases, services);
        return _makers.GetOrAdd(methods, static (methods, builder) => ProxyMaker.Of(methods, builder), _generator.ProxyBuilder).Make(interceptor, services);
    }
}
