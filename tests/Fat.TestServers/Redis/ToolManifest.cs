using System.Text.Json;

namespace Fat.TestServers;

/// <summary>What <c>.config/dotnet-tools.json</c> says about one tool.</summary>
/// <param name="Folder">The folder that holds <c>.config</c>.</param>
/// <param name="Version">The tool's version.</param>
internal sealed record ToolManifest(string Folder, string Version)
{
    /// <summary>Finds the nearest manifest that names the tool above this program or above the current folder.</summary>
    public static async Task<ToolManifest?> FindAsync(string tool, CancellationToken cancellationToken)
    {
        foreach (var folder in Upwards(AppContext.BaseDirectory).Concat(Upwards(Environment.CurrentDirectory)))
        {
            var path = Path.Combine(folder, ".config", "dotnet-tools.json");
            if (File.Exists(path) && await ReadVersionAsync(path, tool, cancellationToken) is { } version)
                return new ToolManifest(folder, version);
        }

        return null;
    }

    private static async Task<string?> ReadVersionAsync(string path, string tool, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        using var manifest = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken);
        return manifest.RootElement.GetProperty("tools").TryGetProperty(tool, out var entry) ? entry.GetProperty("version").GetString() : null;
    }

    private static IEnumerable<string> Upwards(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            yield return folder.FullName;
    }
}
