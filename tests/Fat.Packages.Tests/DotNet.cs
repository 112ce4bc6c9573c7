using Fat.TestServers;

namespace Fat.Packages.Tests;

/// <summary>The dotnet command.</summary>
internal static class DotNet
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>The program.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Runs it to its end and returns what it wrote. No process of it stays behind.</summary>
    /// <exception cref="ChildProcessException">It failed; the message has what it wrote.</exception>
    public static Task<string> RunAsync(
        string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, CancellationToken cancellationToken = default)
    {
        var variables = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_CLI_UI_LANGUAGE"] = "en",
            ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            ["DOTNET_NOLOGO"] = "1",
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["UseSharedCompilation"] = "false",
        };
        var options = new ChildProcessOptions { FileName = Path, Arguments = arguments, WorkingDirectory = folder, Environment = variables };
        return Command.SucceedAsync(options, Limit, cancellationToken);
    }
}
