using System.Data.Common;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat;

/// <summary>Declares what takes part in distributed transactions. Returned by <c>services.AddFat(...)</c>.</summary>
public interface IFatBuilder
{
    /// <summary>The services being configured.</summary>
    IServiceCollection Services { get; }

    /// <summary>
    /// Declares the database of a context that is registered with <c>AddDbContext</c>. While a <c>[FatTransaction]</c> method
    /// runs, the context of its DI scope works on a connection that Fat opened and on which Fat began the transaction.
    /// </summary>
    /// <typeparam name="TContext">The context.</typeparam>
    /// <param name="name">The database's name: 1 to 40 of <c>A-Za-z0-9._-</c>. Default: the service's name for the first
    /// database, else the name of the context's type.</param>
    /// <param name="configure">Further settings.</param>
    IFatBuilder AddDbContext<TContext>(string? name = null, Action<FatDatabaseOptions>? configure = null)
        where TContext : DbContext;

    /// <summary>
    /// Declares a database by its connections. A <c>[FatTransaction]</c> method on it runs inside a
    /// <see cref="System.Transactions.TransactionScope"/>: whatever opens a connection with the same connection string in it
    /// (raw ADO.NET, Dapper, EF Core) is enlisted. Open one connection at a time.
    /// </summary>
    /// <param name="name">The database's name: 1 to 40 of <c>A-Za-z0-9._-</c>.</param>
    /// <param name="connect">Makes a new closed connection.</param>
    /// <param name="configure">Further settings.</param>
    IFatBuilder AddDatabase(string name, Func<DbConnection> connect, Action<FatDatabaseOptions>? configure = null);

    /// <summary>As <see cref="AddDatabase(string, Func{DbConnection}, Action{FatDatabaseOptions}?)"/>, with the services at hand.</summary>
    /// <param name="name">The database's name: 1 to 40 of <c>A-Za-z0-9._-</c>.</param>
    /// <param name="connect">Makes a new closed connection.</param>
    /// <param name="configure">Further settings.</param>
    IFatBuilder AddDatabase(string name, Func<IServiceProvider, DbConnection> connect, Action<FatDatabaseOptions>? configure = null);

    /// <summary>
    /// Says which dialect the databases have whose connections are of a type, or of one derived from it. It wins over a built-in one.
    /// </summary>
    /// <typeparam name="TConnection">The driver's connection.</typeparam>
    /// <param name="dialect">What Fat is to know of the product.</param>
    IFatBuilder AddDialect<TConnection>(FatDialect dialect)
        where TConnection : DbConnection;

    /// <summary>Registers a service whose attributed methods are intercepted through its interface.</summary>
    /// <typeparam name="TService">The interface.</typeparam>
    /// <typeparam name="TImplementation">The class that carries the attributes (the interface's members may carry them too).</typeparam>
    /// <param name="lifetime">The lifetime. Default: scoped.</param>
    IFatBuilder AddTransactional<TService, TImplementation>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where TService : class
        where TImplementation : class, TService;

    /// <summary>Registers a class whose attributed methods are virtual.</summary>
    /// <typeparam name="TService">The class, not sealed.</typeparam>
    /// <param name="lifetime">The lifetime. Default: scoped.</param>
    IFatBuilder AddTransactional<TService>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where TService : class;

    /// <summary>
    /// Registers every class of an assembly that has attributed methods: by each interface through which one is reached, whatever
    /// its assembly (except those of <c>System</c> and <c>Microsoft</c>), and by itself for virtual ones that no interface reaches.
    /// Controllers, lambdas and static methods, which are endpoints, are left out.
    /// </summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="lifetime">The lifetime. Default: scoped.</param>
    /// <exception cref="FatConfigurationException">Nothing reaches an attributed method.</exception>
    IFatBuilder AddTransactionalFrom(Assembly assembly, ServiceLifetime lifetime = ServiceLifetime.Scoped);

    /// <summary>Registers an adapter for a transport that is not HTTP, as a singleton.</summary>
    /// <typeparam name="TAdapter">The adapter.</typeparam>
    IFatBuilder AddRemoteDataAdapter<TAdapter>()
        where TAdapter : class, ICustomRemoteDataAdapter;

    /// <summary>Registers a handler of events about lost branches and branches in doubt, as a transient service; several may be registered.</summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    IFatBuilder AddIncidentHandler<THandler>()
        where THandler : class, IFatIncidentHandler;

    /// <summary>
    /// Registers, as a singleton, what says how payloads, arguments and reasons are shown to people. Called again, the last one counts.
    /// </summary>
    /// <typeparam name="TRedactor">The redactor.</typeparam>
    IFatBuilder AddRedactor<TRedactor>()
        where TRedactor : class, IFatRedactor;

    /// <summary>Registers a class with <see cref="FatSubscribeAttribute"/> methods. Each delivery is handled by an instance of a DI scope of its own: the one that is registered, else a new one.</summary>
    /// <typeparam name="TSubscriber">The class.</typeparam>
    IFatBuilder AddSubscriber<TSubscriber>()
        where TSubscriber : class;

    /// <summary>Registers every class of an assembly that has <see cref="FatSubscribeAttribute"/> methods, as <see cref="AddSubscriber{TSubscriber}"/>.</summary>
    /// <param name="assembly">The assembly.</param>
    IFatBuilder AddSubscribersFrom(Assembly assembly);

    /// <summary>Registers a handler of alerts about messages that fail again and again, as a transient service; several may be registered.</summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    IFatBuilder AddMessageAlertHandler<THandler>()
        where THandler : class, IFatMessageAlertHandler;

    /// <summary>
    /// Keeps and drives the global transactions of DTM's clients (<see cref="IFatDtmServer"/>) in the default database; in memory when there is no database and the registry is in memory.
    /// Every instance of the service that is to drive them calls it; <c>app.MapFatDtm()</c> of Fat.AspNetCore lets clients in. Calling it again changes nothing.
    /// </summary>
    IFatBuilder AddDtmServer();

    /// <summary>
    /// Keeps the registry in this host instead of Redis: for tests of one service, and for an application that is one. Nothing
    /// survives the process, and no other host takes part.
    /// </summary>
    IFatBuilder UseInMemoryRegistry();
}
