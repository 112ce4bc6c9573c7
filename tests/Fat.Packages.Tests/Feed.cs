using System.Globalization;
using Fat.TestServers;

[assembly: AssemblyFixture(typeof(Fat.Packages.Tests.Feed))]

namespace Fat.Packages.Tests;

/// <summary>A folder feed with the packages of this repository, packed as they are published, in a version that was never there before.</summary>
public sealed class Feed : IAsyncLifetime
{
    /// <summary>A public repository that the packages are told of.</summary>
    public const string RepositoryUrl = "https://repository.example/fat";

    private readonly TempFolder _folder = TempFolder.Create("feed");

    /// <summary>NuGet keeps what it has once seen by its version.</summary>
    public string Version { get; } = string.Create(CultureInfo.InvariantCulture, $"0.0.0-test.{Guid.NewGuid():N}");

    public string Folder => _folder.Path;

    public async ValueTask InitializeAsync() => await DotNet.RunAsync(
        Repository.Root,
        [
            "pack", "Fat.sln", "-c", "Release", "-o", Folder, "--no-restore", "--tl:off", "-v", "quiet",
            $"-p:PackageVersion={Version}", $"-p:RepositoryUrl={RepositoryUrl}", "-p:RepositoryType=git",
        ],
        cancellationToken: TestContext.Current.CancellationToken);

    internal PackageFile Open(string package, string extension = "nupkg") => new(System.IO.Path.Combine(Folder, $"{package}.{Version}.{extension}"));

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
