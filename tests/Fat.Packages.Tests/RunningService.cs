using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Fat.TestServers;

namespace Fat.Packages.Tests;

/// <summary>A service that was built from the installed packages, as a process.</summary>
internal sealed partial class RunningService : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The first transaction of a cold process takes its time on a busy machine; that is not what is tested.</summary>
    private static readonly string[] Patient = ["--Fat:WaitResult=00:01:00", "--Fat:WaitCommit=00:01:00", "--Fat:GroupTimeout=00:02:00", "--Fat:Redis:CommandTimeout=00:00:20"];

    private readonly ChildProcess _process;

    private RunningService(ChildProcess process, Uri address)
    {
        _process = process;
        Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = address, Timeout = Patience };
    }

    public HttpClient Client { get; }

    /// <summary>Starts it as <c>dotnet &lt;assembly&gt;</c> does in production, and returns when it listens.</summary>
    public static async Task<RunningService> StartAsync(Installation installation, string project, int port, CancellationToken cancellationToken, params string[] settings)
    {
        var process = await ChildProcess.StartAsync(
            new ChildProcessOptions
            {
                FileName = DotNet.Path,
                Arguments = [$"{project}.dll", "--urls", FormattableString.Invariant($"http://127.0.0.1:{port}"), FormattableString.Invariant($"--Fat:Redis:Port={installation.Redis.Port}"), .. Patient, .. settings],
                WorkingDirectory = installation.OutputOf(project),
                Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["ASPNETCORE_ENVIRONMENT"] = null, ["DOTNET_ENVIRONMENT"] = null, ["ASPNETCORE_URLS"] = null },
            },
            cancellationToken);
        try
        {
            var line = await process.WaitForLineAsync(Listening(), Patience, cancellationToken: cancellationToken);
            return new RunningService(process, new Uri(Listening().Match(line).Groups["address"].Value));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Posts, wants the status, and returns what was answered.</summary>
    public async Task<string> PostAsync<T>(string path, T body, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using var response = await Client.PostAsJsonAsync(path, body, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.StatusCode == expected, $"{path} answered {response.StatusCode} instead of {expected}: {answer}");
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.StopAsync();
        await _process.DisposeAsync();
    }

    [GeneratedRegex("Now listening on: (?<address>http://[0-9.:]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Listening();
}
