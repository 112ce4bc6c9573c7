using System.Diagnostics.CodeAnalysis;
using Fat;
using Fat.Administration;
using Fat.Context;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Faults;
using Fat.Health;
using Fat.Hosting;
using Fat.Incidents;
using Fat.Interception;
using Fat.Messages;
using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.InMemory;
using Fat.Registry.Redis;
using Fat.Resources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Fat to an application.</summary>
public static class FatServiceCollectionExtensions
{
    private const string ProxiesAreMade = "Proxies of marked classes are made at run time: publish without Native AOT.";
    private const string MethodsAreFound = "Marked methods and subscribers are found by reflection: publish without trimming.";

    /// <summary>Adds Fat with the settings of section <c>Fat</c>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The application's configuration (its section <c>Fat</c> is read) or that section itself.</param>
    /// <param name="configure">Settings in code, applied last.</param>
    [RequiresDynamicCode(ProxiesAreMade)]
    [RequiresUnreferencedCode(MethodsAreFound)]
    public static IFatBuilder AddFat(
        this IServiceCollection services, IConfiguration configuration, Action<FatOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration is IConfigurationSection given ? given : configuration.GetSection("Fat");
        services.Configure<FatOptions>(section);
        return services.AddFat(configure);
    }

    /// <summary>Adds Fat with settings in code only.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">The settings.</param>
    [RequiresDynamicCode(ProxiesAreMade)]
    [RequiresUnreferencedCode(MethodsAreFound)]
    public static IFatBuilder AddFat(this IServiceCollection services, Action<FatOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (configure is not null)
            services.Configure(configure);
        var registrations = services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().FirstOrDefault();
        if (registrations is null)
        {
            registrations = new FatRegistrations { Services = services };
            services.AddSingleton(registrations);
            AddServices(services);
        }

        return new FatBuilder(services, registrations);
    }

    private static void AddServices(IServiceCollection services)
    {
        services.AddOptions<FatOptions>()
            .PostConfigure<IServiceProvider>(static (options, provider) => options.ServiceName ??= provider.GetService<IHostEnvironment>()?.ApplicationName)
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FatOptions>, FatOptionsCheck>());
        services.TryAddSingleton(TimeProvider.System);
        AddRegistry(services);
        services.AddSingleton(static provider => new RootServices(provider));
        services.AddSingleton(Node);
        services.AddSingleton(static provider => provider.GetRequiredService<Node>().Databases);
        services.AddSingleton(static provider => Participant.Create(provider.GetRequiredService<Node>()));
        services.AddSingleton<ScopeRunner>();
        services.AddSingleton<LocalRunner>();
        services.AddScoped(typeof(LentContext<>));
        services.AddSingleton<IFatScopes>(static provider => provider.GetRequiredService<ScopeRunner>());
        services.TryAddSingleton(Redaction.None);
        services.AddSingleton<IFatAdmin>(static provider =>
        {
            var admin = new FatAdmin(provider.GetRequiredService<Participant>(), provider.GetRequiredService<Replayer>(), provider.GetRequiredService<RootServices>());
            return provider.GetRequiredService<Redaction>() is { ShowsAll: false } redaction ? new RedactedAdmin(admin, redaction) : admin;
        });
        services.AddSingleton<IFatMonitor>(static provider =>
        {
            var monitor = new FatMonitor(provider.GetRequiredService<Node>());
            return provider.GetRequiredService<Redaction>() is { ShowsAll: false } redaction ? new RedactedMonitor(monitor, redaction) : monitor;
        });
        services.AddSingleton<IFatAudit>(static provider => new FatAudit(provider.GetRequiredService<Participant>(), provider.GetRequiredService<RootServices>()));
        services.AddSingleton<IFatHealth>(static provider => new FatHealth(
            provider.GetRequiredService<Participant>(), provider.GetRequiredService<IOptions<FatOptions>>().Value, provider.GetRequiredService<RootServices>()));
        services.AddSingleton<ProxiedScopes>();
        services.AddSingleton<MethodPlans>();
        services.AddSingleton<ProxyFactory>();
        services.AddSingleton<StartUpCheck>();
        services.AddSingleton(static provider => new ReplayTargets(provider.GetRequiredService<FatRegistrations>().Transactional));
        services.AddSingleton(static provider => new Replayer(provider.GetRequiredService<Node>(), provider.GetRequiredService<ReplayTargets>(), provider.GetRequiredService<RootServices>()));
        AddMessages(services);
        services.AddHostedService<FatHostedService>();
        services.AddHostedService<MetricsHostedService>();
        services.AddHostedService<MessageHostedService>();
        services.AddHostedService<IncidentHostedService>();
    }

    private static void AddMessages(IServiceCollection services)
    {
        services.AddHttpClient();

        // After all that was configured, so that no handler is further in.
        services.PostConfigureAll<HttpClientFactoryOptions>(static options => options.HttpMessageHandlerBuilderActions.Add(static client => client.AdditionalHandlers.Add(new RedirectWatch())));
        services.AddSingleton(static provider => new MessageStores(
            provider.GetRequiredService<Databases>(), provider.GetRequiredService<IOptions<FatOptions>>().Value.CreateBarrierTable, provider.GetRequiredService<RootServices>()));
        services.AddSingleton(static provider => new MessageCenter(
            provider.GetRequiredService<Participant>(), provider.GetRequiredService<IWorkQueues>(), provider.GetRequiredService<IMessageRecords>(),
            provider.GetRequiredService<MessageStores>(), provider.GetRequiredService<IOptions<FatOptions>>().Value.Messages, provider.GetRequiredService<RootServices>()));
        services.AddSingleton<Topics>();
        services.AddSingleton<Dispatch>();
        services.AddSingleton<Submission>();
        services.AddSingleton<BranchCaller>();
        services.AddSingleton<Alerts>();
        services.AddSingleton<IFatMessages, MessageMaker>();
        services.AddSingleton<MessageDesk>();
        services.AddSingleton<IFatMessageAdmin>(static provider =>
        {
            var admin = new MessageAdmin(provider.GetRequiredService<MessageDesk>());
            return provider.GetRequiredService<Redaction>() is { ShowsAll: false } redaction ? new RedactedMessageAdmin(admin, redaction) : admin;
        });
    }

    private static void AddRegistry(IServiceCollection services)
    {
        services.AddSingleton(static provider =>
            provider.GetRequiredService<FatRegistrations>().SharedStore ?? new InMemoryRegistryStore(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider =>
        {
            var redis = RedisRegistry.Over(
                provider.GetRequiredService<IOptions<FatOptions>>().Value.Redis, provider.GetRequiredService<TimeProvider>(),
                provider.GetService<SharedMultiplexer>()?.Find(provider));
            redis.Groups.Events.Ran = FatMeter.RegistryAnswered;
            return redis;
        });
        services.AddSingleton(static provider => provider.GetRequiredService<FatRegistrations>().Faults is var faults && faults == FaultPoints.None
            ? Groups(provider)
            : new FaultPointRegistry(Groups(provider), faults));
        services.AddSingleton(static provider => provider.GetRequiredService<FatRegistrations>().Faults is var faults && faults == FaultPoints.None
            ? Queues(provider)
            : new FaultPointQueues(Queues(provider), faults));
        services.AddSingleton(static provider => provider.GetRequiredService<FatRegistrations>().Faults is var faults && faults == FaultPoints.None
            ? Records(provider)
            : new FaultPointRecords(Records(provider), faults));
        services.AddSingleton<IHistory>(static provider => IsInMemory(provider)
            ? new InMemoryHistory(provider.GetRequiredService<InMemoryRegistryStore>())
            : provider.GetRequiredService<RedisRegistry>().History);

        static bool IsInMemory(IServiceProvider provider) => provider.GetRequiredService<FatRegistrations>().InMemoryRegistry;

        static IWorkQueues Queues(IServiceProvider provider) => IsInMemory(provider)
            ? new InMemoryWorkQueues(provider.GetRequiredService<InMemoryRegistryStore>())
            : provider.GetRequiredService<RedisRegistry>().Queues;

        static IMessageRecords Records(IServiceProvider provider) => IsInMemory(provider)
            ? new InMemoryMessageRecords(provider.GetRequiredService<InMemoryRegistryStore>())
            : provider.GetRequiredService<RedisRegistry>().Messages;

        static IGroupRegistry Groups(IServiceProvider provider) => IsInMemory(provider)
            ? new InMemoryGroupRegistry(provider.GetRequiredService<InMemoryRegistryStore>())
            : provider.GetRequiredService<RedisRegistry>().Groups;
    }

    private static Node Node(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<FatOptions>>().Value;
        var service = FatName.Parse(options.ServiceName, "service name (Fat:ServiceName)");
        var registry = provider.GetRequiredService<IGroupRegistry>();
        var registrations = provider.GetRequiredService<FatRegistrations>();
        var instance = InstanceId.New(service);
        var redaction = provider.GetRequiredService<Redaction>();
        return new Node(
            instance,
            service,
            options.Answer == FatAnswer.Default ? FatAnswer.Prepared : options.Answer,
            new Timings(options.WaitResult, options.WaitCommit, options.CommitPollInterval, options.GroupTimeout, options.RecoveryInterval),
            provider.GetRequiredService<TimeProvider>(),
            registry,
            DatabaseSetup.Create(registrations, instance, options, registry, provider.GetRequiredService<RootServices>()),
            new RemoteDataSigner(options.SigningKey, options.AcceptedSigningKeys),
            new BranchWorkers(options.Workers.MaxConcurrent, options.Workers.QueueCapacity),
            new SteadyLogger(RedactedLogger.Over(provider.GetRequiredService<ILoggerFactory>().CreateLogger("Fat"), redaction)))
        {
            Redaction = redaction,
            Broken = registrations.Broken,
            Faults = registrations.Faults,
            Watch = registrations.Watch,
            Join = options.Join,
            Address = options.Address,
            History = provider.GetRequiredService<IHistory>(),
            HistoryKept = options.HistoryKept,
        };
    }
}
