using System.Globalization;

namespace Fat.TestServers;

/// <summary>A MariaDB server as a child process on a port of the loopback interface, its data in a temporary folder.</summary>
public sealed class MariaDbServer : IAsyncDisposable
{
    internal const string LoopbackHost = "127.0.0.1";

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly MariaDbServerOptions _options;
    private readonly TempFolder _folder;
    private readonly MariaDbFolder _data;
    private ChildProcess? _process;

    private MariaDbServer(MariaDbServerOptions options, TempFolder folder, MariaDbFolder data)
    {
        _options = options;
        _folder = folder;
        _data = data;
    }

    /// <summary>The port that the server listens on, the same for its whole life.</summary>
    public int Port { get; private set; }

    /// <summary>The process id of the server that runs, or of the last one that ran.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Whether the server's process lives.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The last lines that the server wrote.</summary>
    public IReadOnlyList<string> Output => _process?.Tail ?? [];

    /// <summary>Makes a new data folder, starts its server and returns when it accepts connections.</summary>
    /// <exception cref="ServerNotFoundException">MariaDB is not on this machine.</exception>
    /// <exception cref="ServerStartException">The server ended, or was not ready in time.</exception>
    public static async Task<MariaDbServer> StartAsync(MariaDbServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new MariaDbServerOptions();
        var binaries = MariaDbBinaries.Find() ?? throw new ServerNotFoundException($"MariaDB is not installed: apt-get install {string.Join(' ', MariaDbBinaries.Packages)}");
        var folder = TempFolder.Create("mariadb");
        MariaDbServer? server = null;
        try
        {
            server = new MariaDbServer(options, folder, await MariaDbFolder.CreateAsync(binaries, folder.Path, cancellationToken));
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

    /// <summary>The server's database of this name in the format of MySqlConnector and MySql.Data, with an administrator as its user.</summary>
    public string ConnectionString(string database = "mysql") =>
        string.Create(CultureInfo.InvariantCulture, $"Server={LoopbackHost};Port={Port};User ID={MariaDbFolder.Administrator};Database={database};SslMode=Disabled");

    /// <summary>Ends all sessions and stops the server in order (SIGTERM). Does nothing when it does not run.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (!IsRunning)
            return;
        await _process!.StopAsync(UnixSignal.Terminate, StopTimeout, cancellationToken);
        await _process.OutputEnded.WaitAsync(StopTimeout, TimeProvider.System, cancellationToken);
    }

    /// <summary>Kills the server (SIGKILL), so that it recovers from its log when it starts again. Does nothing when it does not run.</summary>
    public Task KillAsync(CancellationToken cancellationToken = default) =>
        IsRunning ? _process!.KillTreeAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Starts a server that was stopped or killed, on the same port and the same data.</summary>
    /// <exception cref="ServerStartException">The server ended, or was not ready in time.</exception>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) =>
        IsRunning ? throw new InvalidOperationException("The MariaDB server runs.") : StartOnAsync(Port, cancellationToken);

    /// <summary>Kills the server and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task StartOnAsync(int port, CancellationToken cancellationToken)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Port = port;
        var process = await ChildProcess.StartAsync(_data.Describe(_options, port), cancellationToken);
        _process = process;
        ProcessId = process.ProcessId;
        try
        {
            await process.WaitForLineAsync(IsReady, _options.StartTimeout, cancellationToken: cancellationToken);
        }
        catch (Exception failure) when (failure is ChildProcessException or TimeoutException)
        {
            throw new ServerStartException($"MariaDB did not start on port {Port}: {failure.Message}", failure);
        }
    }

    private static bool IsReady(string line) => line.Contains("ready for connections", StringComparison.Ordinal);
}
