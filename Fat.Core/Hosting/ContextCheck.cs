using Fat.Coordination;
using Fat.Interception;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Hosting;

/// <summary>Finds DbContexts that do not work in the transactions of [FatTransaction] methods, before one of them does. Opens no connection.</summary>
internal sealed class ContextCheck(Databases databases, FatRegistrations registrations, IServiceProvider services)
{
    /// <param name="declared">All that the application has registered.</param>
    /// <exception cref="FatConfigurationException">A context cannot work in a branch.</exception>
    public void Run(IEnumerable<ServiceDescriptor> declared)
    {
        CheckSingletons();
        var used = registrations.Transactional.SelectMany(methods => methods.All.Values)
            .Select(marks => marks.Transaction).OfType<FatTransactionAttribute>().Select(transaction => databases.Find(transaction.Database).Database);
        foreach (var database in used.Distinct())
        {
            if (database.ContextType is { } type)
                Check(type, declared);
        }
    }

    /// <summary>A singleton belongs to no DI scope, so it can only mean the context of one that it makes for itself, which nothing is lent to.</summary>
    private void CheckSingletons()
    {
        var singletons = registrations.Proxies.Where(proxy => proxy.Lifetime == ServiceLifetime.Singleton).Select(proxy => proxy.ServiceType).ToHashSet();
        foreach (var methods in registrations.Transactional.Where(methods => singletons.Contains(methods.Service)))
        {
            foreach (var (method, marks) in methods.All)
            {
                if (marks.Transaction is { } transaction && databases.Find(transaction.Database).Database is { ContextType: { } type } database)
                {
                    throw new FatConfigurationException(
                        $"{methods.Service} was added with AddTransactional as a singleton, and {MarkedMethods.Name(method)} works on database '{database.Name}': its transaction would be lent to no {type.Name} that the method could know, " +
                        "and what it writes with another one would be committed at once. Add it as scoped, and let singletons ask for it in a DI scope that they make.");
                }
            }
        }
    }

    private void Check(Type type, IEnumerable<ServiceDescriptor> declared)
    {
        using var scope = services.CreateScope();
        var context = (DbContext)scope.ServiceProvider.GetRequiredService(type);
        if (!ReferenceEquals(context, scope.ServiceProvider.GetRequiredService(type)))
        {
            throw new FatConfigurationException(
                $"{type.Name} is registered as transient: a [FatTransaction] method would work with another instance than the one that works in its transaction, and its changes would be committed at once. Register it as scoped.");
        }

        // AddDbContext<IContext, Context>() makes the class by the interface: which of them makes it does not matter, so both are asked. A factory knows what it does.
        var others = declared.Where(service => !service.IsKeyedService && service.ServiceType != type && (service.ImplementationType ?? service.ImplementationInstance?.GetType()) == type);
        foreach (var other in others.Select(service => service.ServiceType).Distinct())
        {
            if (scope.ServiceProvider.GetService(other) is DbContext second && second.GetType() == type && !ReferenceEquals(context, second))
            {
                throw new FatConfigurationException(
                    $"{type.Name} is registered as {other.Name} as well, which makes a second instance in every DI scope: whoever works with that one in a [FatTransaction] method works outside of its transaction, " +
                    $"and its changes would be committed at once. Register it as AddScoped<{other.Name}>(services => services.GetRequiredService<{type.Name}>()).");
            }
        }

        if (context.Database.CreateExecutionStrategy().RetriesOnFailure)
        {
            throw new FatConfigurationException(
                $"{type.Name} has an execution strategy that retries (EnableRetryOnFailure), which cannot repeat a part of a transaction that a [FatTransaction] method has begun. Switch it off for this context, and repeat whole groups instead.");
        }
    }
}
