using System.Reflection;
using System.Runtime.CompilerServices;
using Castle.DynamicProxy;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Interception;

/// <summary>How instances of one service are made: what reflection has to find out, it finds out once. Thread-safe.</summary>
internal abstract class ProxyMaker
{
    public static ProxyMaker Of(MarkedMethods methods, IProxyBuilder builder)
    {
        var options = new ProxyGenerationOptions(new MarkedMethodsHook(methods));
        return methods.Service.IsInterface
            ? new OfInterface(methods, builder.CreateInterfaceProxyTypeWithTarget(methods.Service, Disposal(methods), methods.Implementation, options))
            : new OfClass(methods.Implementation, builder.CreateClassProxyType(methods.Implementation, [], options));
    }

    public abstract object Make(IInterceptor interceptor, IServiceProvider services);

    /// <summary>The container sees the proxy alone, so the proxy is what it disposes; the call goes straight on to the target.</summary>
    private static Type[] Disposal(MarkedMethods methods) =>
        [.. new[] { typeof(IDisposable), typeof(IAsyncDisposable) }.Where(type => type.IsAssignableFrom(methods.Implementation) && !type.IsAssignableFrom(methods.Service))];

    /// <summary>Which of several constructors fits can depend on what the container has, so it is asked every time.</summary>
    private static ObjectFactory Constructor(Type type, params Type[] given) => type.GetConstructors().Length == 1
        ? ActivatorUtilities.CreateFactory(type, given)
        : (services, arguments) => ActivatorUtilities.CreateInstance(services, type, (arguments ?? [])!);

    /// <summary>A proxy that stands before an instance of the implementation.</summary>
    private sealed class OfInterface(MarkedMethods methods, Type proxy) : ProxyMaker
    {
        private readonly ObjectFactory _target = Constructor(methods.Implementation);
        private readonly Func<object?[], object?> _proxy = proxy.GetConstructors().Single(constructor => constructor.GetParameters().Length == 2).Invoke;

        public override object Make(IInterceptor interceptor, IServiceProvider services) =>
            _proxy([new[] { interceptor }, _target(services, null)])!;
    }

    /// <summary>A proxy that is a subclass of the implementation.</summary>
    private sealed class OfClass(Type implementation, Type proxy) : ProxyMaker
    {
        private readonly ObjectFactory _proxy = WithDefaults(implementation, proxy) ?? Constructor(proxy, typeof(IInterceptor[]));

        public override object Make(IInterceptor interceptor, IServiceProvider services) => _proxy(services, [new[] { interceptor }]);

        /// <summary>The proxy's constructor has lost what the class's own says of optional parameters, so they are read there. Null where there is nothing to lose.</summary>
        private static ObjectFactory? WithDefaults(Type implementation, Type proxy)
        {
            if (implementation.GetConstructors() is not [var declared] || proxy.GetConstructors() is not [var constructor])
                return null;
            var parameters = declared.GetParameters();
            return Array.Exists(parameters, parameter => parameter.HasDefaultValue)
                ? (services, given) => constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. given!, .. parameters.Select(parameter => Argument(parameter, services))], null)
                : null;
        }

        private static object? Argument(ParameterInfo parameter, IServiceProvider services)
        {
            var type = parameter.ParameterType;
            var keyed = parameter.GetCustomAttribute<FromKeyedServicesAttribute>();
            if (parameter.HasDefaultValue)
                return (keyed is null ? services.GetService(type) : services.GetKeyedServices(type, keyed.Key).LastOrDefault()) ?? parameter.DefaultValue ?? Nothing(type);
            return keyed is null ? services.GetRequiredService(type) : services.GetRequiredKeyedService(type, keyed.Key);
        }

        /// <summary>What <c>= default</c> means, which reflection gives as null.</summary>
        private static object? Nothing(Type type) => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? RuntimeHelpers.GetUninitializedObject(type) : null;
    }
}
