using System.Data.Common;
using Fat.Coordination;
using Fat.Decisions;
using Fat.Dialects;
using Fat.Journal;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Hosting;

/// <summary>Turns declared databases into what branches and decisions work with.</summary>
internal static class DatabaseSetup
{
    private const int FinishingConnections = 2;
    private const int DecidingConnections = 1;

    /// <exception cref="FatConfigurationException">Names collide or are not valid, or there is more than one default.</exception>
    public static Databases Create(
        FatRegistrations registrations, InstanceId instance, FatOptions options, IGroupRegistry registry, RootServices services)
    {
        var service = instance.Service;
        var resources = new List<BranchResource>();
        var logs = new Dictionary<FatName, IDecisionLog>();
        FatName? declaredDefault = null;
        foreach (var registration in registrations.Databases)
        {
            var name = Name(registration, service, first: resources.Count == 0);
            if (name == RegistryDecisionLog.Name)
                throw new FatConfigurationException($"A database cannot be named '{name}', which stands for the registry.");
            if (resources.Exists(resource => resource.Database.Name == name))
                throw new FatConfigurationException($"Two databases are named '{name}': give each a name of its own in AddDbContext or AddDatabase.");
            var database = Create(registration, name, registrations, services);
            resources.Add(new BranchResource(database, new PreparedTransactions(database, services, FinishingConnections), options.RequireDurable, services)
            {
                Journal = Journal(registration, database, instance, options, services),
            });
            if (database.Barrier is not null)
                logs[name] = new DatabaseDecisionLog(database, services, DecidingConnections);
            if (registration.Options.IsDefault)
            {
                declaredDefault = declaredDefault is null
                    ? name
                    : throw new FatConfigurationException($"Both '{declaredDefault}' and '{name}' are declared the default database; one can be.");
            }
        }

        FatName? defaultDatabase = declaredDefault ?? (resources.Count > 0 ? resources[0].Database.Name : null);
        logs[RegistryDecisionLog.Name] = new RegistryDecisionLog(registry);
        var decisions = defaultDatabase is { } chosen && logs.ContainsKey(chosen)
            ? chosen
            : logs.Keys.Where(name => name != RegistryDecisionLog.Name).Append(RegistryDecisionLog.Name).First();
        return new Databases(resources, logs, defaultDatabase, decisions);
    }

    private static FatName Name(DatabaseRegistration registration, FatName service, bool first) =>
        FatName.Parse(registration.Name ?? (first ? service.Text : registration.ContextType!.Name), "database name");

    private static BranchJournal? Journal(
        DatabaseRegistration registration, FatDatabase database, InstanceId instance, FatOptions options, IServiceProvider services) =>
        database.Dialect.Journal(registration.Options.JournalTable, registration.Options.BarrierTable) is { } sql && database.Barrier is not null
            ? new BranchJournal(database, sql, instance, options.JournalLimit, options.ReplayLostBranches, services.GetRequiredService<TimeProvider>(), services)
            : null;

    private static FatDatabase Create(DatabaseRegistration registration, FatName name, FatRegistrations registrations, RootServices services)
    {
        var home = new DatabaseHome(
            name, () => Connect(registration, services), new[] { registration.Options.BarrierTable, registration.Options.AuditTable, registration.Options.JournalTable }.Any(table => !table.Contains('.')));
        return new FatDatabase(
            name, provider => services.Is(provider) ? Connect(registration, services) : home.Check(registration.Connect(provider)), registration.ContextType, registration.Enlistment,
            registration.Options.Held, registration.Options.BarrierTable, registration.Options.AuditTable,
            registration.Options.Dialect ?? Dialect(registration, registrations.Dialects, services), Background.ThreadPool)
        {
            Faults = registrations.Faults,
            IsOutsideOfScopes = services.Is,
        };
    }

    private static FatDialect Dialect(DatabaseRegistration registration, KnownDialects known, IServiceProvider services)
    {
        using var scope = services.CreateScope();
        using var connection = registration.Connect(scope.ServiceProvider);
        return known.For(connection);
    }

    /// <summary>Background work has no DI scope of its own: a context is borrowed for as long as its connection is being copied.</summary>
    private static DbConnection Connect(DatabaseRegistration registration, IServiceProvider root)
    {
        using var scope = root.CreateScope();
        return registration.Connect(scope.ServiceProvider);
    }
}
