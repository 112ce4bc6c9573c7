using Fat.Hosting;
using Fat.Registry;
using Fat.Testing.Contexts;
using Fat.Testing.Data;
using Fat.Testing.Faults;
using Fat.Testing.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Fat.Testing.Hosting;

/// <summary>Makes a host, as it is configured for production, one of the cluster's: its registry, databases, time and calls of other services are the cluster's.</summary>
internal static class Adoption
{
    /// <param name="services">The host's services, after the application's own.</param>
    /// <param name="process">The process that the host stands for.</param>
    /// <exception cref="FatConfigurationException">The application has not called <c>AddFat</c>.</exception>
    public static void Adopt(IServiceCollection services, Incarnation process)
    {
        var cluster = process.Service.Cluster;
        var registrations = services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().LastOrDefault()
            ?? throw new FatConfigurationException($"'{process.Service.Name}' does not use Fat: call services.AddFat(...).");
        registrations.InMemoryRegistry = true;
        registrations.SharedStore = cluster.Store;
        registrations.Faults = new ServiceFaults(process, cluster.Faults.Plan);
        registrations.Watch = new BookWatch(process, cluster.Book);
        process.Service.Database = TakeDatabases(services, registrations, process);
        services.AddSingleton<TimeProvider>(cluster.Clock);
        services.AddSingleton<IGroupRegistry>(new FaultPointRegistry(new ClusterRegistry(cluster, process), registrations.Faults));
        services.AddSingleton<IHistory>(new ClusterHistory(cluster, process));
        services.AddSingleton<IHttpMessageHandlerBuilderFilter>(new RoutedClients(cluster, process));
        services.AddSingleton(cluster);
        services.AddSingleton(process.Service.Database);
        services.Configure<FatOptions>(options =>
        {
            options.ServiceName = process.Service.Name;
            options.HistoryKept = Math.Max(options.HistoryKept, 1);
            cluster.Options.Configure?.Invoke(options);
        });
    }

    /// <summary>Every database that was declared, under its name, is one in memory. A service that declares none has one of its own name.</summary>
    /// <returns>The database of methods that name none.</returns>
    private static FatTestDatabase TakeDatabases(IServiceCollection services, FatRegistrations registrations, Incarnation process)
    {
        var declared = registrations.Databases.ToList();
        registrations.Databases.Clear();
        if (declared.Count == 0)
            declared.Add(new DatabaseRegistration(process.Service.Name, _ => throw MemoryConnection.OnlyFat("connect"), null, FatEnlistment.Direct, new FatDatabaseOptions()));
        FatTestDatabase? first = null;
        FatTestDatabase? declaredDefault = null;
        foreach (var database in declared)
        {
            var name = database.Name ?? (first is null ? process.Service.Name : database.ContextType!.Name);
            var memory = process.Service.Cluster.Database(process.Service.Name, name);
            first ??= memory;
            if (database.Options.IsDefault)
                declaredDefault ??= memory;
            database.Options.Dialect = MemoryDialect.Instance;

            // A connection that enlists by itself works in the branch whoever opens it. A context that the test has taken away is in no DI scope.
            var lent = database.Enlistment == FatEnlistment.Direct && services.Any(service => service.ServiceType == database.ContextType) ? database.ContextType : null;
            if (database.ContextType is { } context)
                typeof(ContextSetup<>).MakeGenericType(context).GetMethod(nameof(ContextSetup<DbContext>.Add))!.Invoke(null, [services, memory, lent is not null]);
            registrations.Databases.Add(database with { Name = name, Connect = _ => new MemoryConnection(memory, process), ContextType = lent, Enlistment = FatEnlistment.Direct });
        }

        return declaredDefault ?? first!;
    }
}
