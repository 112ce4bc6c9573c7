using System.Globalization;
using System.Xml.Linq;

namespace Fat.TestServers;

/// <summary>The Garnet server that the repository's tool manifest names.</summary>
/// <remarks>
/// <c>dotnet tool run</c> starts the server as a child of its own, which outlives it when it is killed. So the tool is
/// only restored by the command line; its assembly is started directly, and the process id is that of the server.
/// </remarks>
internal sealed class GarnetTool(string dotnet, string assembly) : RedisProgram
{
    private const string Name = "garnet-server";

    private static readonly TimeSpan RestoreTimeout = TimeSpan.FromMinutes(3);

    public static async Task<GarnetTool> FindAsync(CancellationToken cancellationToken)
    {
        var manifest = await ToolManifest.FindAsync(Name, cancellationToken)
            ?? throw new ServerNotFoundException($"No .config/dotnet-tools.json above this program or the current folder names {Name}.");
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Executable.Find("dotnet")
            ?? throw new ServerNotFoundException($"{Name} needs the dotnet command, which is not in the PATH.");
        var package = Path.Combine(await PackagesAsync(dotnet, manifest.Folder, cancellationToken), Name, manifest.Version);
        if (FindAssembly(package) is { } present)
            return new GarnetTool(dotnet, present);

        await RunAsync(dotnet, manifest.Folder, ["tool", "restore"], cancellationToken);
        return FindAssembly(package) is { } restored
            ? new GarnetTool(dotnet, restored)
            : throw new ServerNotFoundException($"{Name} {manifest.Version} was restored but is not in {package}.");
    }

    public override ChildProcessOptions Describe(RedisServerOptions options, int port, string dataFolder)
    {
        if (options.ReplicaOf is not null)
            throw new NotSupportedException("Garnet replicates only as a cluster, which is not set up here.");
        return new ChildProcessOptions
        {
            FileName = dotnet,
            Arguments = [assembly, .. Arguments(options, port, dataFolder), .. options.ExtraArguments],
            WorkingDirectory = dataFolder,
            OnLine = options.OnLine,
        };
    }

    private static IEnumerable<string> Arguments(RedisServerOptions options, int port, string dataFolder)
    {
        yield return "--port";
        yield return port.ToString(CultureInfo.InvariantCulture);
        yield return "--bind";
        yield return RedisServer.LoopbackHost;
        yield return "--lua";
        yield return "--lua-transaction-mode";
        yield return "--checkpointdir";
        yield return dataFolder;

        // Its own way to the disk on Linux needs a library (libaio) that many machines lack; without it the first write to
        // the append-only file breaks the connection.
        yield return "--device-type";
        yield return "RandomAccess";
        if (options.AppendOnly)
        {
            yield return "--aof";
            yield return "--aof-commit-wait";
            yield return "--recover";
        }

        if (options.Password is { } password)
        {
            yield return "--auth";
            yield return "Password";
            yield return "--password";
            yield return password;
        }
    }

    private static async Task<string> PackagesAsync(string dotnet, string folder, CancellationToken cancellationToken)
    {
        const string label = "global-packages: ";
        var output = await RunAsync(dotnet, folder, ["nuget", "locals", "global-packages", "--list"], cancellationToken);
        return output.Split('\n').First(line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..].Trim();
    }

    // The package says itself which of its assemblies is the command.
    private static string? FindAssembly(string package)
    {
        var tools = Path.Combine(package, "tools");
        if (!Directory.Exists(tools))
            return null;
        var settings = Directory.GetFiles(tools, "DotnetToolSettings.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault();
        var entry = settings is null ? null : XDocument.Load(settings).Descendants("Command").First().Attribute("EntryPoint")?.Value;
        return entry is null ? null : Path.Combine(Path.GetDirectoryName(settings)!, entry);
    }

    private static Task<string> RunAsync(string dotnet, string folder, string[] arguments, CancellationToken cancellationToken)
    {
        var options = new ChildProcessOptions
        {
            FileName = dotnet,
            Arguments = arguments,
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["DOTNET_NOLOGO"] = "1" },
        };
        return Command.SucceedAsync(options, RestoreTimeout, cancellationToken);
    }
}
