using System.Runtime.InteropServices;
using Fat.TestServers;

namespace Fat.Bench.Service;

/// <summary>A service's process, as the runner sees it.</summary>
internal sealed class BenchService : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    // The runtime lies in shared/Microsoft.NETCore.App/<version>/ beside the command.
    private static readonly string Dotnet = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private readonly ChildProcess _process;

    private BenchService(ChildProcess process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public int ProcessId => _process.ProcessId;

    public static async Task<BenchService> StartAsync(ServiceSettings settings, CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        var assembly = typeof(BenchService).Assembly.Location;
        var process = await ChildProcess.StartAsync(
            new ChildProcessOptions
            {
                FileName = Dotnet,
                Arguments = [assembly, "--service"],
                WorkingDirectory = Path.GetDirectoryName(assembly),
                Environment = new Dictionary<string, string?>(settings.ToEnvironment(), StringComparer.Ordinal)
                {
                    ["ASPNETCORE_URLS"] = address.ToString(),
                    ["ASPNETCORE_ENVIRONMENT"] = "Production",
                    ["DOTNET_ENVIRONMENT"] = null,
                },
                OnLine = new Complaints(settings).Hear,
            },
            cancellationToken);
        try
        {
            await process.WaitForLineAsync(line => line.Contains("Application started", StringComparison.Ordinal), StartTimeout, cancellationToken: cancellationToken);
            return new BenchService(process, address);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync();
        await _process.DisposeAsync();
    }
}
