using Npgsql;

namespace Fat.TestServers;

/// <summary>A PostgreSQL server as a child process on a port of the loopback interface, its data in a temporary folder.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    internal const string LoopbackHost = "127.0.0.1";

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly PostgresServerOptions _options;
    private readonly TempFolder _folder;
    private readonly PostgresCluster _cluster;
    private ChildProcess? _process;

    private PostgresServer(PostgresServerOptions options, TempFolder folder, PostgresCluster cluster)
    {
        _options = options;
        _folder = folder;
        _cluster = cluster;
    }

    /// <summary>The address that the server listens on.</summary>
    public string Host => LoopbackHost;

    /// <summary>The port that the server listens on, the same for its whole life.</summary>
    public int Port { get; private set; }

    /// <summary>The process id of the server that runs, or of the last one that ran: its postmaster, the parent of the others.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Whether the server's process lives.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The last lines that the server wrote.</summary>
    public IReadOnlyList<string> Output => _process?.Tail ?? [];

    private PostgresAdministration Administration => new(ConnectionString("postgres"));

    /// <summary>Makes a new cluster, starts its server and returns when it accepts connections.</summary>
    /// <exception cref="ServerNotFoundException">PostgreSQL is not on this machine.</exception>
    /// <exception cref="ServerStartException">The server ended, or was not ready in time.</exception>
    public static Task<PostgresServer> StartAsync(PostgresServerOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync(options ?? new PostgresServerOptions(), (binaries, folder) => PostgresCluster.CreateAsync(binaries, folder, cancellationToken), cancellationToken);

    /// <summary>
    /// Copies this server, and starts the copy as its standby with the same options. It is asynchronous until this server's <c>synchronous_standby_names</c> tells its name.
    /// </summary>
    /// <param name="name">The standby's <c>cluster_name</c>.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ServerStartException">The standby ended, or was not ready in time.</exception>
    public Task<PostgresServer> StartStandbyAsync(string name, CancellationToken cancellationToken = default) => StartAsync(
        _options with { Port = 0, OnLine = null, Settings = new Dictionary<string, string>(_options.Settings, StringComparer.Ordinal) { ["cluster_name"] = name } },
        (binaries, folder) => PostgresCluster.CopyAsync(binaries, folder, Port, cancellationToken),
        cancellationToken);

    /// <summary>The server's database of this name in the format of Npgsql, with an administrator as its user.</summary>
    public string ConnectionString(string database = "postgres") => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Port = Port,
        Username = PostgresCluster.Administrator,
        Database = database,
    }.ConnectionString;

    /// <summary>Creates a database.</summary>
    public Task CreateDatabaseAsync(string name, CancellationToken cancellationToken = default) =>
        Administration.CreateDatabaseAsync(name, cancellationToken);

    /// <summary>Drops a database, if it exists, with whatever is prepared in it and whoever is connected to it.</summary>
    public Task DropDatabaseAsync(string name, CancellationToken cancellationToken = default) =>
        Administration.DropDatabaseAsync(name, cancellationToken);

    /// <summary>The gids of the transactions that are prepared in the database, the oldest first.</summary>
    public Task<IReadOnlyList<string>> PreparedTransactionsAsync(string database, CancellationToken cancellationToken = default) =>
        Administration.PreparedTransactionsAsync(database, cancellationToken);

    /// <summary>How many clients are connected to the database; this question's own connection does not count.</summary>
    public Task<int> ConnectionCountAsync(string database, CancellationToken cancellationToken = default) =>
        Administration.ConnectionCountAsync(database, cancellationToken);

    /// <summary>Ends all sessions and stops the server in order (SIGINT). Does nothing when it does not run.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => StopAsync(UnixSignal.Interrupt, cancellationToken);

    /// <summary>
    /// Lets all of the server's processes quit at once without writing anything (SIGQUIT), so that it recovers from its log
    /// when it starts again. Does nothing when it does not run.
    /// </summary>
    public Task StopImmediateAsync(CancellationToken cancellationToken = default) => StopAsync(UnixSignal.Quit, cancellationToken);

    /// <summary>Kills all of the server's processes (SIGKILL). Does nothing when it does not run.</summary>
    public Task KillAsync(CancellationToken cancellationToken = default) =>
        IsRunning ? _process!.KillTreeAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Starts a server that was stopped or killed, on the same port and the same data.</summary>
    /// <exception cref="ServerStartException">The server ended, or was not ready in time.</exception>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) =>
        IsRunning ? throw new InvalidOperationException("The PostgreSQL server runs.") : StartOnAsync(Port, cancellationToken);

    /// <summary>Stops the server in order, if it runs, and starts it on the same port and the same data.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync(cancellationToken);
        await StartAgainAsync(cancellationToken);
    }

    /// <summary>Stops the server and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            // Killed, it would leave its shared memory behind.
            if (IsRunning)
                await StopImmediateAsync();
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static async Task<PostgresServer> StartAsync(PostgresServerOptions options, Func<PostgresBinaries, string, Task<PostgresCluster>> make, CancellationToken cancellationToken)
    {
        var binaries = PostgresBinaries.Find() ?? throw new ServerNotFoundException("PostgreSQL is not installed: apt-get install postgresql");
        var folder = TempFolder.Create("postgres");
        PostgresServer? server = null;
        try
        {
            server = new PostgresServer(options, folder, await make(binaries, folder.Path));
            await ServerPort.StartOnAsync(options.Port, port => server.StartOnAsync(port, cancellationToken));
            return server;
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    private async Task StopAsync(UnixSignal signal, CancellationToken cancellationToken)
    {
        if (!IsRunning)
            return;
        await _process!.StopAsync(signal, StopTimeout, cancellationToken);
        await _process.OutputEnded.WaitAsync(StopTimeout, TimeProvider.System, cancellationToken);
    }

    private async Task StartOnAsync(int port, CancellationToken cancellationToken)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Port = port;
        var process = await ChildProcess.StartAsync(_cluster.Describe(_options, port), cancellationToken);
        _process = process;
        ProcessId = process.ProcessId;
        try
        {
            await process.WaitForLineAsync(IsReady, _options.StartTimeout, cancellationToken: cancellationToken);
        }
        catch (Exception failure) when (failure is ChildProcessException or TimeoutException)
        {
            throw new ServerStartException($"PostgreSQL did not start on port {Port}: {failure.Message}", failure);
        }
    }

    private static bool IsReady(string line) => line.Contains("database system is ready to accept ", StringComparison.Ordinal);
}
