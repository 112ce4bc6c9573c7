namespace Fat.TestServers;

/// <summary>A Redis server for the registry, wherever it comes from.</summary>
public sealed class RegistryServer : IAsyncDisposable
{
    /// <summary>The environment variable with the connection string of a server that runs already.</summary>
    public const string Variable = "FAT_REDIS";

    private readonly IAsyncDisposable? _owned;

    internal RegistryServer(string connectionString, string origin, IAsyncDisposable? owned)
    {
        ConnectionString = connectionString;
        Origin = origin;
        _owned = owned;
    }

    /// <summary>The server in the format of StackExchange.Redis.</summary>
    public string ConnectionString { get; }

    /// <summary>Where the server comes from, in words.</summary>
    public string Origin { get; }

    /// <summary>The server's process, when it is a child of this one: only then can it be killed, paused and restarted.</summary>
    public RedisServer? Process => _owned as RedisServer;

    /// <summary>
    /// Gets a server: the one that <see cref="Variable"/> names, or a redis-server or Garnet started here, or a container,
    /// or, as root on Debian, redis-server after its package is installed.
    /// </summary>
    /// <param name="options">How the server is started; one that runs already is taken as it is.</param>
    /// <param name="report">Is told of each step.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ServerNotFoundException">There is none and none can be brought here; the message says what to do.</exception>
    /// <exception cref="InvalidOperationException">The server that <see cref="Variable"/> names does not answer.</exception>
    public static Task<RegistryServer> StartAsync(
        RedisServerOptions? options = null,
        Action<string>? report = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new RedisServerOptions();
        var installed = new LocalRegistrySource(options with { Kind = RedisServerKind.Redis });
        var finder = new ServerFinder<RegistryServer>(
            "Redis server",
            $"Install one (apt-get install redis-server), or name one that runs: {Variable}=host:port",
            [
                new EnvironmentRegistrySource(Environment.GetEnvironmentVariable(Variable)),
                installed,
                new LocalRegistrySource(options with { Kind = RedisServerKind.Garnet }),
                new ContainerRegistrySource(options),
                new AptSource<RegistryServer>("redis-server", installed),
            ]);
        return finder.FindAsync(report, cancellationToken);
    }

    /// <summary>Stops the server if it was started here.</summary>
    public ValueTask DisposeAsync() => _owned?.DisposeAsync() ?? ValueTask.CompletedTask;
}
