namespace Fat.TestServers;

/// <summary>A PostgreSQL server on which databases can be created, wherever it comes from.</summary>
public sealed class DatabaseServer : IAsyncDisposable
{
    /// <summary>The environment variable with the connection string of a server that runs already.</summary>
    public const string Variable = "FAT_POSTGRES";

    private readonly PostgresAdministration _administration;
    private readonly IAsyncDisposable? _owned;

    internal DatabaseServer(PostgresAdministration administration, string origin, IAsyncDisposable? owned)
    {
        _administration = administration;
        Origin = origin;
        _owned = owned;
    }

    /// <summary>Where the server comes from, in words.</summary>
    public string Origin { get; }

    /// <summary>The server's process, when it is a child of this one: only then can it be killed and restarted.</summary>
    public PostgresServer? Process => _owned as PostgresServer;

    /// <summary>
    /// Gets a server: the one that <see cref="Variable"/> names, or one started here from installed binaries, or a
    /// container, or, as root on Debian, one started here after the package is installed.
    /// </summary>
    /// <param name="options">How the server is started; one that runs already is taken as it is.</param>
    /// <param name="report">Is told of each step.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ServerNotFoundException">There is none and none can be brought here; the message says what to do.</exception>
    /// <exception cref="InvalidOperationException">The server that <see cref="Variable"/> names does not answer.</exception>
    public static Task<DatabaseServer> StartAsync(
        PostgresServerOptions? options = null,
        Action<string>? report = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new PostgresServerOptions();
        var installed = new LocalDatabaseSource(options);
        var finder = new ServerFinder<DatabaseServer>(
            "PostgreSQL server",
            $"Install one (apt-get install postgresql), or name one that runs: {Variable}=Host=…;Username=…;Password=…",
            [
                new EnvironmentDatabaseSource(Environment.GetEnvironmentVariable(Variable)),
                installed,
                new ContainerDatabaseSource(options),
                new AptSource<DatabaseServer>("postgresql", installed),
            ]);
        return finder.FindAsync(report, cancellationToken);
    }

    /// <summary>The server's database of this name in the format of Npgsql.</summary>
    public string ConnectionString(string database) => _administration.ConnectionString(database);

    /// <inheritdoc cref="PostgresServer.CreateDatabaseAsync"/>
    public Task CreateDatabaseAsync(string name, CancellationToken cancellationToken = default) =>
        _administration.CreateDatabaseAsync(name, cancellationToken);

    /// <inheritdoc cref="PostgresServer.DropDatabaseAsync"/>
    public Task DropDatabaseAsync(string name, CancellationToken cancellationToken = default) =>
        _administration.DropDatabaseAsync(name, cancellationToken);

    /// <inheritdoc cref="PostgresServer.PreparedTransactionsAsync"/>
    public Task<IReadOnlyList<string>> PreparedTransactionsAsync(string database, CancellationToken cancellationToken = default) =>
        _administration.PreparedTransactionsAsync(database, cancellationToken);

    /// <inheritdoc cref="PostgresServer.ConnectionCountAsync"/>
    public Task<int> ConnectionCountAsync(string database, CancellationToken cancellationToken = default) =>
        _administration.ConnectionCountAsync(database, cancellationToken);

    /// <summary>Stops the server if it was started here. One that was only used is left as it is.</summary>
    public ValueTask DisposeAsync() => _owned?.DisposeAsync() ?? ValueTask.CompletedTask;
}
