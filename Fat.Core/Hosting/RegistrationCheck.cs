using Fat.Diagnostics;
using Fat.Interception;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fat.Hosting;

/// <summary>
/// Finds marked classes that the container makes without their proxy: their methods would run without any transaction, or begin no group. What certainly loses a transaction is refused;
/// what does so only if somebody asks for it in that way, or if a factory does not call the proxy, is warned of.
/// </summary>
internal sealed class RegistrationCheck(FatRegistrations registrations, ILogger logger)
{
    private readonly HashSet<Type> _proxied = [.. registrations.Transactional.Select(methods => methods.Implementation)];

    /// <exception cref="FatConfigurationException">There is such a class.</exception>
    public void Run(IServiceCollection services)
    {
        // A service with a key is asked for by name: the one without is not replaced by it.
        var last = services.Where(service => !service.IsKeyedService).GroupBy(service => service.ServiceType).ToDictionary(same => same.Key, same => same.Last());
        foreach (var methods in registrations.Transactional)
        {
            if (last.TryGetValue(methods.Service, out var service) && !registrations.Proxies.Contains(service))
                CheckReplaced(methods, service);
        }

        CheckReplays();
        var proxied = registrations.Proxies.Select(proxy => proxy.ServiceType).ToHashSet();
        foreach (var service in services.Except(registrations.Proxies).DistinctBy(service => (service.ServiceType, service.ServiceKey, Made(service), MadeByFactory(service))))
        {
            var type = Made(service);
            if (type is not null && !_proxied.Contains(type) && HasTransactions(type))
                throw new FatConfigurationException($"{type} has [FatTransaction] methods and is registered without a proxy, so they would run without a transaction: {HowTo(service.ServiceType, type)}");
            if (!service.IsKeyedService && proxied.Contains(service.ServiceType))
                CheckBeside(service, last[service.ServiceType]);
            else if (type is null)
                CheckFactory(service);
            else if (service.ServiceType.IsInterface)
                CheckContract(service, type);
            else if (HasTransactions(type))
                FatLog.BareClass(logger, service.ServiceType, type);
        }
    }

    /// <summary>What a factory makes is not known: it may be a decorator around the proxy.</summary>
    private void CheckReplaced(MarkedMethods methods, ServiceDescriptor service)
    {
        if (Made(service) is not { } type)
            FatLog.ReplacedByFactory(logger, methods.Service);
        else if (type == methods.Implementation || HasTransactions(type))
            throw new FatConfigurationException($"{methods.Service} was added with AddTransactional, and a later registration as {type} takes its place without a proxy: take that one away, or {HowTo(methods.Service, type)}");
    }

    /// <summary>
    /// The proxy is what a single one is asked for by. A handler that is asked for with all of its kind is called twice, and once of these without a transaction.
    /// </summary>
    private void CheckBeside(ServiceDescriptor service, ServiceDescriptor last)
    {
        // The last one was looked at above.
        if (service != last && (Made(service) ?? MadeByFactory(service)) is { } type && HasTransactions(type))
            FatLog.BareBesideProxy(logger, service.ServiceType, type);
    }

    /// <summary>It may hand out a proxy that stands elsewhere, but what it says it makes has marks.</summary>
    private void CheckFactory(ServiceDescriptor service)
    {
        if (MadeByFactory(service) is { } made && (HasTransactions(made) || HasTransactions(service.ServiceType)))
            FatLog.MarkedByFactory(logger, service.ServiceType, made);
    }

    /// <summary>
    /// A class is registered by an interface to be called through it. (By itself it may be for a decorator, or for nobody, which is why that is warned of only.) A mark of the interface alone may be
    /// meant for another class.
    /// </summary>
    private void CheckContract(ServiceDescriptor service, Type type)
    {
        var reached = MarkedMethods.ReachedBy(service.ServiceType, type);
        if (!reached.Any(marks => marks.Transaction is not null))
        {
            // A handler of an endpoint is made by itself, and its mark found by the middleware.
            if (reached.Count > 0)
                FatLog.ScopeIgnored(logger, service.ServiceType, type);
        }
        else if (_proxied.Contains(type))
        {
            throw new FatConfigurationException(
                $"{type} was added with AddTransactional, and its [FatTransaction] methods are reached by {service.ServiceType} as well, by which it is registered without a proxy: they would run without a transaction. " +
                (service.IsKeyedService
                    ? "A service with a key is not made by AddTransactional: register it as services => services.GetRequiredService<…>() of the service that was added."
                    : $"Take that registration away, or {HowTo(service.ServiceType, type)}"));
        }
        else
        {
            FatLog.BareClass(logger, service.ServiceType, type);
        }
    }

    /// <summary>The journal knows a call by its service: which of two classes it meant, nobody could tell after a crash.</summary>
    private void CheckReplays()
    {
        foreach (var service in registrations.Transactional.GroupBy(methods => methods.Service))
        {
            List<Type> types = [.. service.Select(methods => methods.Implementation).Distinct()];
            if (types.Count > 1 && service.FirstOrDefault(methods => methods.All.Values.Any(marks => marks.Transaction is { Replay: true })) is { } replayed)
            {
                throw new FatConfigurationException(
                    $"{replayed.Implementation} has a method with Replay = true, and {service.Key} is registered with {string.Join(" and ", types)}: a replay could not tell which of them was meant. " +
                    "Give each a service type of its own, or take Replay away.");
            }
        }
    }

    private static string HowTo(Type service, Type type) =>
        type.IsGenericTypeDefinition ? $"AddTransactional takes no open generics, so register each type that you use of {type.Name.Split('`')[0]}<…> with AddTransactional." :
        service == type ? $"register it with AddTransactional<{type.Name}>()." : $"register it with AddTransactional<{service.Name}, {type.Name}>().";

    private static Type? Made(ServiceDescriptor service) => service.IsKeyedService
        ? service.KeyedImplementationType ?? service.KeyedImplementationInstance?.GetType()
        : service.ImplementationType ?? service.ImplementationInstance?.GetType();

    /// <summary>What a factory says that it makes: a delegate of a more exact type is kept as it is.</summary>
    private static Type? MadeByFactory(ServiceDescriptor service) =>
        (service.IsKeyedService ? service.KeyedImplementationFactory?.GetType() : service.ImplementationFactory?.GetType())?.GenericTypeArguments[^1];

    private static bool HasTransactions(Type type) => MarkedMethods.OwnOf(type).Any(method => method.IsDefined(typeof(FatTransactionAttribute), inherit: true));
}
