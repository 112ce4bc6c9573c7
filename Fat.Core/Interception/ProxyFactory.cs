using Castle.DynamicProxy;
using Fat.Coordination;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Interception;

/// <summary>Makes proxied instances. Thread-safe.</summary>
internal sealed class ProxyFactory(MethodPlans plans, ProxiedScopes scopes, Databases databases)
{
    private readonly ProxyGenerator _generator = new();

    /// <summary>An instance of the implementation behind a proxy for the service, from a DI scope.</summary>
    public object Create(MarkedMethods methods, IServiceProvider services)
    {
        var interceptor = new FatInterceptor(methods, plans, scopes, databases, services);
        var options = new ProxyGenerationOptions(new MarkedMethodsHook(methods));
        if (methods.Service.IsInterface)
        {
            var target = ActivatorUtilities.CreateInstance(services, methods.Implementation);
            return _generator.CreateInterfaceProxyWithTarget(methods.Service, target, options, interceptor);
        }

        var type = _generator.ProxyBuilder.CreateClassProxyType(methods.Service, [], options);
        return ActivatorUtilities.CreateInstance(services, type, new object[] { new IInterceptor[] { interceptor } });
    }
}
