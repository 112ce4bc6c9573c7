using System.Diagnostics;
using Fat.TestServers;
using Fat.TestServers.Network;

namespace Fat.Torture.Stage;

/// <summary>Everything that runs: two PostgreSQL servers with three databases, the registry with a replica, six service processes.</summary>
internal sealed class World : IAsyncDisposable
{
    public const int InstancesOfService = 2;

    /// <summary>What a service logs when recovery submits a message.</summary>
    private const string RecoveredText = "is submitted from its row";

    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly Dictionary<string, string?> _settings = new(StringComparer.Ordinal);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    private int _recovered;

    private World()
    {
    }

    public static IReadOnlyList<string> Services { get; } = ["alpha", "beta", "gamma"];

    public PostgresServer[] Servers { get; private set; } = [];

    public TransferDatabase[] Databases { get; private set; } = [];

    public RedisPair Redis { get; private set; } = null!;

    public IncidentReceiver Incidents { get; private set; } = null!;

    public ServiceInstance[] Instances { get; private set; } = [];

    public IEnumerable<FaultyProxy> RegistryLinks => Instances.Select(instance => instance.Registry);

    /// <summary>Messages that recovery has found and submitted.</summary>
    public int Recovered => _recovered;

    public TimeSpan Age => _clock.Elapsed;

    public static async Task<World> StartAsync(TortureOptions options, LogFolder logs, CancellationToken cancellationToken)
    {
        var world = new World();
        try
        {
            await world.StartServersAsync(logs, cancellationToken);
            await world.StartServicesAsync(options, logs, cancellationToken);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public Task StartAsync(ServiceInstance instance, CancellationToken cancellationToken) =>
        instance.StartAsync(_settings, Databases.Single(database => database.Service == instance.Service).ConnectionString, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started))
            await started.DisposeAsync();
    }

    private async Task StartServersAsync(LogFolder logs, CancellationToken cancellationToken)
    {
        Servers = [await StartPostgresAsync("postgres-1"), await StartPostgresAsync("postgres-2")];
        Incidents = await IncidentReceiver.StartAsync();
        _started.Push(Incidents);
        Redis = await RedisPair.StartAsync(logs.Open("redis", () => Age), cancellationToken);
        _started.Push(Redis);
        Databases = [.. Services.Select((service, i) => new TransferDatabase(service, Servers[i / 2]))];
        foreach (var database in Databases)
        {
            _started.Push(database);
            await database.CreateAsync(cancellationToken);
        }

        async Task<PostgresServer> StartPostgresAsync(string name)
        {
            var server = await PostgresServer.StartAsync(
                new PostgresServerOptions { Fsync = true, MaxPreparedTransactions = 500, MaxConnections = 300, OnLine = logs.Open(name, () => Age) }, cancellationToken);
            _started.Push(server);
            return server;
        }
    }

    private async Task StartServicesAsync(TortureOptions options, LogFolder logs, CancellationToken cancellationToken)
    {
        var instances = new List<ServiceInstance>();
        foreach (var database in Databases)
        {
            for (var number = 0; number < InstancesOfService; number++)
            {
                var name = $"{database.Service}-{number + 1}";
                var instance = await ServiceInstance.CreateAsync(database.Service, name, database.Server, Redis.Master, Watch(logs.Open(name, () => Age)));
                _started.Push(instance);
                instances.Add(instance);
                _settings[$"Peers__{database.Service}__{number}"] = instance.Address.ToString();
            }
        }

        Instances = [.. instances];
        _settings["Break"] = options.Broken.ToString();
        _settings["Fat__GroupTimeout"] = "00:00:10";
        _settings["Fat__Messages__TimeoutToFail"] = "00:00:05";
        _settings["Fat__Messages__RetryInterval"] = "00:00:00.2";
        _settings["Fat__Messages__RetryLimit"] = "00:00:02";
        _settings["Fat__Messages__Lease"] = "00:00:03";
        _settings["Unguarded"] = options.Unguarded.ToString();
        _settings["Fat__Webhook__Url"] = Incidents.Url;
        _settings["Fat__Webhook__Secret"] = IncidentReceiver.Secret;
        _settings["Logging__LogLevel__Default"] = "Warning";
        _settings["Logging__LogLevel__Fat"] = "Information";
        _settings["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        _settings["Logging__Console__FormatterName"] = "simple";
        _settings["Logging__Console__FormatterOptions__SingleLine"] = "true";
        _settings["ASPNETCORE_ENVIRONMENT"] = "Production";
        _settings["DOTNET_ENVIRONMENT"] = null;
        await Task.WhenAll(Instances.Select(instance => StartAsync(instance, cancellationToken)));
        foreach (var database in Databases)
            await database.WitnessDecisionsAsync(cancellationToken);
    }

    private Action<string> Watch(Action<string> log) => line =>
    {
        if (line.Contains(RecoveredText, StringComparison.Ordinal))
            Interlocked.Increment(ref _recovered);
        log(line);
    };
}
