using System.Globalization;
using System.Reflection;
using Fat.TestServers;
using Fat.TestServers.Network;
using Fat.Torture.Service;
using Npgsql;

namespace Fat.Torture.Stage;

/// <summary>
/// One process of a service. Others reach it, and it reaches its database and the registry, through proxies of its own, so that
/// it can be cut off alone.
/// </summary>
internal sealed class ServiceInstance : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly int _port = FreePort.Next();
    private readonly Action<string> _log;
    private ChildProcess? _process;

    private ServiceInstance(string service, string name, Action<string> log)
    {
        Service = service;
        Name = name;
        _log = log;
    }

    public string Service { get; }

    public string Name { get; }

    /// <summary>Carries what others ask of it.</summary>
    public FaultyProxy Requests { get; private set; } = null!;

    public FaultyProxy Database { get; private set; } = null!;

    public FaultyProxy Registry { get; private set; } = null!;

    /// <summary>How everybody reaches it.</summary>
    public Uri Address => new($"http://{Requests.Address}/");

    /// <summary>How the nemesis reaches it.</summary>
    public Uri BackDoor => new($"http://127.0.0.1:{_port}/");

    public bool IsRunning => _process is { HasExited: false };

    public static async Task<ServiceInstance> CreateAsync(string service, string name, PostgresServer postgres, RedisServer redis, Action<string> log)
    {
        var instance = new ServiceInstance(service, name, log);
        instance.Requests = await FaultyProxy.StartAsync("127.0.0.1", instance._port);
        instance.Database = await FaultyProxy.StartAsync(postgres.Host, postgres.Port);
        instance.Registry = await FaultyProxy.StartAsync(redis.Host, redis.Port);
        return instance;
    }

    /// <summary>Starts the process and returns when it answers requests.</summary>
    public async Task StartAsync(IReadOnlyDictionary<string, string?> settings, string connectionString, CancellationToken cancellationToken)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        var ledger = new NpgsqlConnectionStringBuilder(connectionString) { Host = Database.Host, Port = Database.Port, MaxPoolSize = 25 };
        var host = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [Assembly.GetExecutingAssembly().Location] : [];
        _process = await ChildProcess.StartAsync(
            new ChildProcessOptions
            {
                FileName = host,
                Arguments = [.. program, "--service", Service],
                OnLine = _log,
                Environment = new Dictionary<string, string?>(settings, StringComparer.Ordinal)
                {
                    ["ASPNETCORE_URLS"] = BackDoor.ToString(),
                    ["ConnectionStrings__Ledger"] = ledger.ConnectionString,
                    ["Fat__Redis__Port"] = Registry.Port.ToString(CultureInfo.InvariantCulture),
                },
            },
            cancellationToken);
        await _process.WaitForLineAsync(line => line.Contains(ServiceProgram.Ready, StringComparison.Ordinal), StartTimeout, cancellationToken: cancellationToken);
    }

    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (_process is not null)
            await _process.KillAsync(cancellationToken);
    }

    public Task PauseAsync(CancellationToken cancellationToken) => _process!.PauseAsync(cancellationToken);

    public Task ResumeAsync() => _process!.ResumeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        await Requests.DisposeAsync();
        await Database.DisposeAsync();
        await Registry.DisposeAsync();
    }
}
