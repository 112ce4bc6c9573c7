using Fat.Coordination;
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
        var used = registrations.Transactional.SelectMany(methods => methods.All.Values)
            .Select(marks => marks.Transaction).OfType<FatTransactionAttribute>().Select(transaction => databases.Find(transaction.Database).Database);
        foreach (var database in used.Distinct())
        {
            if (database.ContextType is { } type)
                Check(type, declared);
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
