using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fat.TestServers;

/// <summary>A Redis or Garnet server as a child process on a port of the loopback interface, its data in a temporary folder.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    internal const string LoopbackHost = "127.0.0.1";

    private static readonly TimeSpan PingInterval = TimeSpan.FromMilliseconds(20);

    private readonly RedisServerOptions _options;
    private readonly RedisProgram _program;
    private readonly TempFolder _folder;
    private ChildProcess? _process;

    private RedisServer(RedisServerOptions options, RedisProgram program)
    {
        _options = options;
        _program = program;
        _folder = TempFolder.Create(options.Kind.ToString().ToLowerInvariant());
    }

    /// <summary>The address that the server listens on.</summary>
    public string Host => LoopbackHost;

    /// <summary>The port that the server listens on, the same for its whole life.</summary>
    public int Port { get; private set; }

    /// <summary>The address and port that the server listens on.</summary>
    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    /// <summary>The server in the format of StackExchange.Redis.</summary>
    public string ConnectionString
    {
        get
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
            return _options.Password is { } password ? $"{address},password={password}" : address;
        }
    }

    /// <summary>The program that serves.</summary>
    public RedisServerKind Kind => _options.Kind;

    /// <summary>The process id of the server that runs, or of the last one that ran.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Whether the server's process lives.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The last lines that the server wrote.</summary>
    public IReadOnlyList<string> Output => _process?.Tail ?? [];

    private ChildProcess Running => IsRunning ? _process! : throw new InvalidOperationException($"The {Kind} server does not run.");

    /// <summary>Starts a server and returns when it answers.</summary>
    /// <exception cref="ServerNotFoundException">The program is not on this machine.</exception>
    /// <exception cref="ServerStartException">The server ended, or did not answer in time.</exception>
    public static async Task<RedisServer> StartAsync(RedisServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new RedisServerOptions();
        var server = new RedisServer(options, await RedisProgram.FindAsync(options.Kind, cancellationToken));
        try
        {
            await ServerPort.StartOnAsync(options.Port, port => server.StartOnAsync(port, cancellationToken));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the server (SIGKILL). Does nothing when it does not run.</summary>
    public Task KillAsync(CancellationToken cancellationToken = default) => _process?.KillAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Lets the server end in order (SIGTERM). Does nothing when it does not run.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) =>
        _process?.StopAsync(cancellationToken: cancellationToken) ?? Task.CompletedTask;

    /// <summary>Stops the server, if it runs, and starts it on the same port.</summary>
    /// <param name="keepData">
    /// Whether the new server finds the files of the old one. They hold the data only with
    /// <see cref="RedisServerOptions.AppendOnly"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task RestartAsync(bool keepData, CancellationToken cancellationToken = default)
    {
        await StopAsync(cancellationToken);
        if (!keepData)
            Directory.Delete(DataFolder(), recursive: true);
        await StartOnAsync(Port, cancellationToken);
    }

    /// <summary>Freezes the server (SIGSTOP): connections stay open and nothing is answered.</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) => Running.PauseAsync(cancellationToken);

    /// <summary>Lets a frozen server go on (SIGCONT).</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default) => Running.ResumeAsync(cancellationToken);

    /// <summary>Opens a plain connection to the server.</summary>
    public Task<RespConnection> ConnectAsync(CancellationToken cancellationToken = default) =>
        RespConnection.ConnectAsync(Host, Port, _options.Password, cancellationToken);

    /// <summary>Kills the server and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private string DataFolder() => _folder.Subfolder("data");

    private async Task StartOnAsync(int port, CancellationToken cancellationToken)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Port = port;
        var process = await ChildProcess.StartAsync(_program.Describe(_options, port, DataFolder()), cancellationToken);
        _process = process;
        ProcessId = process.ProcessId;
        await WaitUntilReadyAsync(process, cancellationToken);
    }

    private async Task WaitUntilReadyAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_options.StartTimeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            // The line first: a PING alone might be answered by another server that was quicker to take the port.
            await process.WaitForLineAsync(IsReady, _options.StartTimeout, cancellationToken: either.Token);
            while (!await AnswersAsync(either.Token))
                await Task.Delay(PingInterval, TimeProvider.System, either.Token);
        }
        catch (Exception failure) when (failure is ChildProcessException or TimeoutException)
        {
            throw new ServerStartException($"{Kind} did not start on port {Port}: {failure.Message}", failure);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerStartException(process.WithTail($"{Kind} did not answer on port {Port} within {_options.StartTimeout}."), failure);
        }
    }

    private static bool IsReady(string line) => line.Contains("Ready to accept connections", StringComparison.OrdinalIgnoreCase);

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await ConnectAsync(cancellationToken);
            return await connection.ExecuteAsync(["PING"], cancellationToken) is "PONG";
        }
        catch (Exception failure) when (failure is SocketException or IOException or RespException)
        {
            // Not listening yet, or still loading its data.
            return false;
        }
    }
}
