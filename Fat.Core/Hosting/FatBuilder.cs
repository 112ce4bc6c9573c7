using System.Data.Common;
using System.Reflection;
using Fat.Diagnostics;
using Fat.Dtm;
using Fat.Interception;
using Fat.Messages;
using Fat.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Fat.Hosting;

/// <summary>Collects declarations into <see cref="FatRegistrations"/> and the service collection.</summary>
internal sealed class FatBuilder(IServiceCollection services, FatRegistrations registrations) : IFatBuilder
{
    public IServiceCollection Services => services;

    public IFatBuilder AddDbContext<TContext>(string? name = null, Action<FatDatabaseOptions>? configure = null)
        where TContext : DbContext =>
        Add(name, ContextConnection<TContext>, typeof(TContext), FatEnlistment.Direct, configure);

    public IFatBuilder AddDatabase(string name, Func<DbConnection> connect, Action<FatDatabaseOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connect);
        return AddDatabase(name, _ => connect(), configure);
    }

    public IFatBuilder AddDatabase(string name, Func<IServiceProvider, DbConnection> connect, Action<FatDatabaseOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(connect);
        return Add(name, connect, null, FatEnlistment.Ambient, configure);
    }

    public IFatBuilder AddDialect<TConnection>(FatDialect dialect)
        where TConnection : DbConnection
    {
        ArgumentNullException.ThrowIfNull(dialect);
        registrations.Dialects.Add(typeof(TConnection), dialect);
        return this;
    }

    public IFatBuilder AddTransactional<TService, TImplementation>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where TService : class
        where TImplementation : class, TService =>
        Add(MarkedMethods.Of(typeof(TService), typeof(TImplementation)), lifetime);

    public IFatBuilder AddTransactional<TService>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where TService : class =>
        Add(MarkedMethods.Of(typeof(TService), typeof(TService)), lifetime);

    public IFatBuilder AddTransactionalFrom(Assembly assembly, ServiceLifetime lifetime = ServiceLifetime.Scoped)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        foreach (var methods in assembly.GetTypes().Where(Contracts.MayHave).SelectMany(Contracts.Of))
            Add(methods, lifetime);
        return this;
    }

    public IFatBuilder AddRemoteDataAdapter<TAdapter>()
        where TAdapter : class, ICustomRemoteDataAdapter
    {
        services.AddSingleton<ICustomRemoteDataAdapter, TAdapter>();
        return this;
    }

    public IFatBuilder AddIncidentHandler<THandler>()
        where THandler : class, IFatIncidentHandler
    {
        services.AddTransient<IFatIncidentHandler, THandler>();
        return this;
    }

    public IFatBuilder AddRedactor<TRedactor>()
        where TRedactor : class, IFatRedactor
    {
        services.TryAddSingleton<TRedactor>();
        services.Replace(ServiceDescriptor.Singleton(static provider => new Redaction(
            provider.GetRequiredService<TRedactor>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger("Fat"))));
        services.Replace(ServiceDescriptor.Singleton<IFatRedactor>(static provider => provider.GetRequiredService<Redaction>()));
        return this;
    }

    public IFatBuilder AddSubscriber<TSubscriber>()
        where TSubscriber : class
    {
        var methods = SubscriberMethod.Of(typeof(TSubscriber));
        if (methods.Count == 0)
            throw new FatConfigurationException($"{typeof(TSubscriber).Name} has no method with [FatSubscribe].");
        registrations.Subscribers.AddRange(methods);
        return this;
    }

    public IFatBuilder AddSubscribersFrom(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        foreach (var type in assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false }))
            registrations.Subscribers.AddRange(SubscriberMethod.Of(type));
        return this;
    }

    public IFatBuilder AddMessageAlertHandler<THandler>()
        where THandler : class, IFatMessageAlertHandler
    {
        services.AddTransient<IFatMessageAlertHandler, THandler>();
        return this;
    }

    public IFatBuilder AddDtmServer()
    {
        if (registrations.DtmServer)
            return this;
        registrations.DtmServer = true;
        services.AddSingleton(DtmSetup.Store);
        services.AddSingleton<DtmWork>();
        services.AddSingleton<DtmRounds>();
        services.AddSingleton<DtmCalls>();
        services.AddSingleton<DtmDriver>();
        services.AddSingleton<DtmSweep>();
        services.AddSingleton<DtmServer>();
        services.AddSingleton<IFatDtmServer>(static provider => provider.GetRequiredService<Redaction>() is { ShowsAll: false } redaction
            ? new RedactedDtmServer(provider.GetRequiredService<DtmServer>(), redaction)
            : provider.GetRequiredService<DtmServer>());
        services.AddHostedService<DtmHostedService>();
        return this;
    }

    public IFatBuilder UseInMemoryRegistry()
    {
        registrations.InMemoryRegistry = true;
        return this;
    }

    private static DbConnection ContextConnection<TContext>(IServiceProvider services)
        where TContext : DbContext =>
        ConnectionClone.Of(services.GetRequiredService<TContext>().Database.GetDbConnection());

    private FatBuilder Add(
        string? name, Func<IServiceProvider, DbConnection> connect, Type? contextType, FatEnlistment enlistment, Action<FatDatabaseOptions>? configure)
    {
        var options = new FatDatabaseOptions();
        configure?.Invoke(options);
        registrations.Databases.Add(new DatabaseRegistration(name, connect, contextType, options.Enlistment ?? enlistment, options));
        return this;
    }

    private FatBuilder Add(MarkedMethods methods, ServiceLifetime lifetime)
    {
        registrations.Transactional.Add(methods);
        var proxy = new ServiceDescriptor(methods.Service, provider => provider.GetRequiredService<ProxyFactory>().Create(methods, provider), lifetime);
        registrations.Proxies.Add(proxy);
        services.Add(proxy);
        return this;
    }
}
