using System.Text.RegularExpressions;
using Fat.TestServers;
using Microsoft.CodeAnalysis;

namespace Fat.Docs.Tests;

/// <summary>A service that a document shows, as a process of its own that listens on a free port.</summary>
internal sealed partial class ShownService : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly string _program;

    private ShownService(ChildProcess process, string program, Uri address)
    {
        _process = process;
        _program = program;
        Address = address;
        Http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>Compiles the blocks of a name, starts the program beside this process's own assemblies, and returns when it listens.</summary>
    public static async Task<ShownService> StartAsync(string document, string name, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var program = Path.Combine(AppContext.BaseDirectory, $"shown-{name}-{Environment.ProcessId}.dll");
        var emitted = ShownProgram.Compile(FencedBlock.Of(document).Where(block => block.Marked("compile") == name), $"shown-{name}-{Environment.ProcessId}").Emit(program, cancellationToken: cancellationToken);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        var own = Path.Combine(AppContext.BaseDirectory, typeof(ShownService).Assembly.GetName().Name!);
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = await ChildProcess.StartAsync(
            new ChildProcessOptions
            {
                FileName = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
                Arguments = ["exec", "--depsfile", own + ".deps.json", "--runtimeconfig", own + ".runtimeconfig.json", program, "--urls", "http://127.0.0.1:0", .. arguments],
                WorkingDirectory = AppContext.BaseDirectory,
                Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DOTNET_TieredPGO"] = "0" },
                OnLine = line =>
                {
                    if (Listening().Match(line) is { Success: true } match)
                        listening.TrySetResult(new Uri(match.Groups["address"].Value));
                },
            },
            cancellationToken);
        try
        {
            await Task.WhenAny(listening.Task, process.Exited).WaitAsync(Patience, TimeProvider.System, cancellationToken);
            Assert.True(listening.Task.IsCompletedSuccessfully, $"{name} ended before it listened:\n{string.Join('\n', process.Tail)}");
            return new ShownService(process, program, await listening.Task);
        }
        catch
        {
            // Nobody else would stop it.
            await process.DisposeAsync();
            File.Delete(program);
            throw;
        }
    }

    /// <summary>Asks the service to stop, and waits until it has.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _process.StopAsync(cancellationToken: cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
        File.Delete(_program);
    }

    [GeneratedRegex("Now listening on: (?<address>http://[0-9.:]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Listening();
}
