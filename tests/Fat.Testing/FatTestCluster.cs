using System.Collections.Concurrent;
using Fat.Registry.InMemory;
using Fat.Testing.Hosting;
using Fat.Testing.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fat.Testing;

/// <summary>
/// Services that use Fat, in one process and without any server: they share a registry in memory, have their databases in memory, and reach each other by their addresses. It is the
/// product's own code that prepares, votes, decides and recovers. Any number of clusters can run in a process at the same time; they do not see each other. Thread-safe.
/// </summary>
public sealed class FatTestCluster : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, FatTestService> _services = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Service, string Name), FatTestDatabase> _databases = new();
    private volatile bool _isRegistryAway;

    /// <summary>Creates a cluster without services.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    public FatTestCluster(FatTestClusterOptions? options = null)
    {
        Options = options ?? new FatTestClusterOptions();
        Book = new GroupBook(Clock);
        Store = new InMemoryRegistryStore(Clock);
        Groups = new FatTestGroups(this);
        Faults = new FatTestFaults(this);
        Patience = new Patience(this);
    }

    /// <summary>Its settings.</summary>
    public FatTestClusterOptions Options { get; }

    /// <summary>The groups that its services have run.</summary>
    public FatTestGroups Groups { get; }

    /// <summary>What is to go wrong.</summary>
    public FatTestFaults Faults { get; }

    /// <summary>The time of its services.</summary>
    public FatTestClock Clock { get; } = new();

    internal GroupBook Book { get; }

    internal InMemoryRegistryStore Store { get; }

    internal Patience Patience { get; }

    internal bool IsRegistryAway
    {
        get => _isRegistryAway;
        set => _isRegistryAway = value;
    }

    /// <summary>Whether nobody works: time may run ahead.</summary>
    internal bool IsIdle => !Faults.Plan.IsHolding && _services.Values.All(service => service.Process?.IsIdle != false);

    /// <summary>A service of it.</summary>
    /// <param name="service">The name.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public FatTestService this[string service] =>
        _services.TryGetValue(service, out var known) ? known : throw new ArgumentException($"There is no service '{service}' in the cluster.", nameof(service));

    /// <summary>Adds a service without endpoints and starts it: for tests of its classes, and for consumers.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="configure">Its services, as in production: <c>AddFat</c>, <c>AddDbContext</c>, <c>AddTransactional</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FatConfigurationException">Fat refuses to start, or was not added.</exception>
    public Task<FatTestService> AddAsync(string service, Action<IServiceCollection> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return AddAsync(service, addresses: [], (process, token) => StartPlainAsync(process, configure, token), cancellationToken);
    }

    /// <summary>Adds a service with endpoints that the test makes, and starts it.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="configure">Its services, as in production.</param>
    /// <param name="map">Its middleware and endpoints: <c>app.UseFat()</c> and what follows.</param>
    /// <param name="address">The address under which others call it. Default: <c>http://</c> and its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FatConfigurationException">Fat refuses to start, or was not added.</exception>
    public Task<FatTestService> AddWebAsync(
        string service, Action<WebApplicationBuilder> configure, Action<WebApplication> map, string? address = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentNullException.ThrowIfNull(map);
        return AddAsync(service, Addresses(address), (process, token) => StartWebAsync(process, configure, map, token), cancellationToken);
    }

    /// <summary>Adds an application by its entry point, as <see cref="WebApplicationFactory{TEntryPoint}"/> does, and starts it.</summary>
    /// <typeparam name="TEntryPoint">A type of the application's assembly, such as its <c>Program</c>.</typeparam>
    /// <param name="service">Its name; it replaces <c>Fat:ServiceName</c>.</param>
    /// <param name="configure">What the test changes: settings, and services by <c>ConfigureTestServices</c>.</param>
    /// <param name="address">The address under which others call it, as their configuration says. Default: <c>http://</c> and its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FatConfigurationException">Fat refuses to start, or was not added.</exception>
    public Task<FatTestService> AddWebAsync<TEntryPoint>(
        string service, Action<IWebHostBuilder>? configure = null, string? address = null, CancellationToken cancellationToken = default)
        where TEntryPoint : class =>
        AddAsync(service, Addresses(address), (process, token) => StartFactoryAsync<TEntryPoint>(process, configure, token), cancellationToken);

    /// <summary>A database of a service; there is one for each that the service declares.</summary>
    /// <param name="service">The service.</param>
    /// <param name="name">
    /// The database's name, as the service declares it. Default: that of the service's default database (<see cref="FatTestService.Database"/>); while there is no such service, the service's name.
    /// </param>
    public FatTestDatabase Database(string service, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        if (name is null && _services.TryGetValue(service, out var known) && known.KnownDatabase is { } chosen)
            return chosen;
        return _databases.GetOrAdd((service, name ?? service), key => new FatTestDatabase(key.Service, key.Name, Clock, Book));
    }

    /// <summary>Stops every service. What holds or hangs at a fault goes on first.</summary>
    public async ValueTask DisposeAsync()
    {
        Faults.Plan.ReleaseAll();
        IsRegistryAway = false;
        foreach (var database in _databases.Values)
            database.ComeBack();
        await Task.WhenAll(_services.Values.Select(service => service.EndAsync())).ConfigureAwait(false);
    }

    internal FatTestService? Find(Uri address) =>
        _services.Values.FirstOrDefault(service => service.Addresses.Any(own => Uri.Compare(own, address, UriComponents.HostAndPort, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0));

    internal void Kill(Incarnation process)
    {
        if (!process.TryKill())
            return;
        foreach (var database in _databases.Values)
            database.Server.CloseAll(process);
        Book.Killed(process, process.Participant?.Node.Instance.Text);
        process.Service.Died(process);
        process.Gone();
    }

    private static IReadOnlyList<Uri> Addresses(string? address) => address is null ? [] : [new Uri(address)];

    private static async Task<IRunningHost> StartPlainAsync(Incarnation process, Action<IServiceCollection> configure, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = process.Service.Name });
        configure(builder.Services);
        Adoption.Adopt(builder.Services, process);
        return await StartAsync(builder.Build(), process, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IRunningHost> StartWebAsync(
        Incarnation process, Action<WebApplicationBuilder> configure, Action<WebApplication> map, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Testing" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        configure(builder);
        Adoption.Adopt(builder.Services, process);
        var application = builder.Build();
        map(application);
        return await StartAsync(application, process, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IRunningHost> StartAsync(IHost host, Incarnation process, CancellationToken cancellationToken)
    {
        var running = new PlainHost(host, process.Service.Name);
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            return running;
        }
        catch
        {
            // It never took part in a group.
            host.Dispose();
            throw;
        }
    }

    private static async Task<IRunningHost> StartFactoryAsync<TEntryPoint>(Incarnation process, Action<IWebHostBuilder>? configure, CancellationToken cancellationToken)
        where TEntryPoint : class
    {
        var made = new WebApplicationFactory<TEntryPoint>();
        var factory = made.WithWebHostBuilder(host =>
        {
            configure?.Invoke(host);
            host.ConfigureTestServices(services => Adoption.Adopt(services, process));
        });
        try
        {
            // The factory starts the application with a wait that blocks.
            await Task.Run(factory.StartServer, cancellationToken).ConfigureAwait(false);
            return new FactoryHost<TEntryPoint>(factory);
        }
        catch
        {
            // It never took part in a group.
            await made.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<FatTestService> AddAsync(
        string name, IReadOnlyList<Uri> addresses, Func<Incarnation, CancellationToken, Task<IRunningHost>> start, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var service = new FatTestService(this, name, addresses.Count > 0 ? addresses : [new Uri($"http://{name}")], start);
        if (!_services.TryAdd(name, service))
            throw new ArgumentException($"There is a service '{name}' in the cluster already.", nameof(name));
        try
        {
            await service.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // A service that does not start is none of the cluster's.
            _services.TryRemove(name, out _);
            throw;
        }

        return service;
    }
}
