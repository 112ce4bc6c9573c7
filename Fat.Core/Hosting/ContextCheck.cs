using Fat.Coordination;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Hosting;

/// <summary>Finds DbContexts that do not work in the transactions of [FatTransaction] methods, before one of them does. Opens no connection.</summary>
internal sealed class ContextCheck(Databases databases, FatRegistrations registrations, IServiceProvider services)
{
    /// <exception cref="FatConfigurationException">A context cannot work in a branch.</exception>
    public void Run()
    {
        var used = registrations.Transactional.SelectMany(methods => methods.All.Values)
            .Select(marks => marks.Transaction).OfType<FatTransactionAttribute>().Select(transaction => databases.Find(transaction.Database).Database);
        foreach (var database in used.Distinct())
        {
            if (database.ContextType is { } type)
                Check(type);
        }
    }

    private void Check(Type type)
    {
        using var scope = services.CreateScope();
        var context = (DbContext)scope.ServiceProvider.GetRequiredService(type);
        if (!ReferenceEquals(context, scope.ServiceProvider.GetRequiredService(type)))
        {
            throw new FatConfigurationException(
                $"{type.Name} is registered as transient: a [FatTransaction] method would work with another instance than the one that works in its transaction, and its changes would be committed at once. Register it as scoped.");
        }

        if (context.Database.CreateExecutionStrategy().RetriesOnFailure)
        {
            throw new FatConfigurationException(
                $"{type.Name} has an execution strategy that retries (EnableRetryOnFailure), which cannot repeat a part of a transaction that a [FatTransaction] method has begun. Switch it off for this context, and repeat whole groups instead.");
        }
    }
}
