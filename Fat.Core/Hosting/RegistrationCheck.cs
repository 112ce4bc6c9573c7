using Fat.Diagnostics;
using Fat.Interception;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fat.Hosting;

/// <summary>Finds marked classes that the container makes without their proxy: their methods would run without any transaction.</summary>
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
        foreach (var service in services)
        {
            if (Made(service) is { } type && !_proxied.Contains(type) && HasTransactions(type))
                throw new FatConfigurationException($"{type} has [FatTransaction] methods and is registered without a proxy, so they would run without a transaction: {HowTo(service.ServiceType, type)}");
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
        service == type ? $"register it with AddTransactional<{type.Name}>()." : $"register it with AddTransactional<{service.Name}, {type.Name}>().";

    private static Type? Made(ServiceDescriptor service) => service.IsKeyedService
        ? service.KeyedImplementationType ?? service.KeyedImplementationInstance?.GetType()
        : service.ImplementationType ?? service.ImplementationInstance?.GetType();

    private static bool HasTransactions(Type type) => MarkedMethods.OwnOf(type).Any(method => method.IsDefined(typeof(FatTransactionAttribute), inherit: true));
}
