using Fat.TestServers;

namespace Demo.Stage;

/// <summary>One of the three services, a process of its own that can be killed and started again on the same port.</summary>
internal sealed class ServiceProcess(string name, IReadOnlyDictionary<string, string?> settings) : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private ChildProcess? _process;

    public string Name => name;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}/");

    public int ProcessId => _process?.ProcessId ?? 0;

    /// <summary>How many lines the process has written so far.</summary>
    public long LineCount => _process?.LineCount ?? 0;

    /// <summary>Starts the service and returns when it answers requests.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        var assembly = ServiceAssembly.PathOf(name);
        _process = await ChildProcess.StartAsync(
            new ChildProcessOptions
            {
                FileName = DotnetHost.Path,
                Arguments = [assembly],
                WorkingDirectory = Path.GetDirectoryName(assembly),
                Environment = new Dictionary<string, string?>(settings, StringComparer.Ordinal)
                {
                    ["ASPNETCORE_URLS"] = Address.ToString(),
                    ["ASPNETCORE_ENVIRONMENT"] = "Production",
                    ["DOTNET_ENVIRONMENT"] = null,
                },
            },
            cancellationToken);
        try
        {
            await _process.WaitForLineAsync(IsReady, StartTimeout, cancellationToken: cancellationToken);
        }
        catch (Exception failure) when (failure is ChildProcessException or TimeoutException)
        {
            throw new ServerStartException($"{name} did not start: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// What the service wrote after so many lines, but for the frames of stack traces; all of it if it was started again
    /// since.
    /// </summary>
    public IEnumerable<string> LinesAfter(long count)
    {
        var lines = _process?.Tail ?? [];
        var wanted = LineCount < count ? LineCount : LineCount - count;
        return lines.TakeLast((int)wanted).Where(line => !line.TrimStart().StartsWith("at ", StringComparison.Ordinal));
    }

    /// <summary>Kills the service (SIGKILL).</summary>
    public Task KillAsync(CancellationToken cancellationToken) => _process!.KillAsync(cancellationToken);

    /// <summary>Lets the service end in order, and kills it if it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        await _process.StopAsync();
        await _process.DisposeAsync();
    }

    private static bool IsReady(string line) => line.Contains("Application started", StringComparison.Ordinal);
}
