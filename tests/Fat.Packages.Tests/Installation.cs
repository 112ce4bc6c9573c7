using Fat.TestServers;

namespace Fat.Packages.Tests;

/// <summary>
/// A machine on which the packages were just installed: fresh projects and a service made from the template, restored from the feed and built; and
/// the servers that they need.
/// </summary>
public sealed class Installation(Feed feed) : IAsyncLifetime
{
    /// <summary>The project that was made from the template, and the service's name that was asked for.</summary>
    public const string TemplateProject = "Billing";
    public const string TemplateService = "Invoices";

    private readonly TempFolder _folder = TempFolder.Create("installation");

    public RedisServer Redis { get; private set; } = null!;

    public PostgresServer Postgres { get; private set; } = null!;

    /// <summary>Where the quick start's Orders looks for Stock.</summary>
    public int StockPort { get; } = FreePort.Next();

    /// <summary>Where the packages were unpacked that this machine did not have.</summary>
    public string Packages => _folder.Subfolder("packages");

    private string Projects => _folder.Subfolder("projects");

    private string Hive => _folder.Subfolder("hive");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await ServerPrograms.EnsureAsync(cancellationToken: Cancellation);
        var starting = StartServersAsync();
        await InstallTemplateAsync();
        FreshProjects.WriteQuickStart(Projects, feed.Version, StockPort);
        FreshProjects.WriteTests(Projects, feed.Version);
        FreshProjects.WriteSolution(Projects, feed.Folder, "Stock", "Orders", TemplateProject, "Checks");
        await BuildAsync();
        await starting;
    }

    /// <summary>A file of a project, or, with its path below it, of its output.</summary>
    public string FileOf(string project, string path) => Path.Combine(Projects, project, path);

    /// <summary>What is beside the project's assembly.</summary>
    public string OutputOf(string project) => FileOf(project, Path.Combine("bin", "Debug", "net10.0"));

    public async ValueTask DisposeAsync()
    {
        if (Redis is not null)
            await Redis.DisposeAsync();
        if (Postgres is not null)
            await Postgres.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartServersAsync()
    {
        Redis = await RedisServer.StartAsync(cancellationToken: Cancellation);
        Postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false }, Cancellation);
    }

    private async Task InstallTemplateAsync()
    {
        string[] hive = ["--debug:custom-hive", Hive];
        await DotNet.RunAsync(Projects, ["new", "install", Path.Combine(feed.Folder, $"Fat.Templates.{feed.Version}.nupkg"), .. hive], cancellationToken: Cancellation);
        await DotNet.RunAsync(Projects, ["new", "fat-service", "-n", TemplateProject, "--service", TemplateService, .. hive], cancellationToken: Cancellation);
    }

    /// <summary>
    /// The packages under test come from the feed into a folder of their own, and nothing of them stays behind; what they depend on is taken from where
    /// this machine keeps it.
    /// </summary>
    private Task<string> BuildAsync() => DotNet.RunAsync(
        Projects,
        ["build", "Fresh.slnx", "--tl:off", "-v", "quiet", "-warnaserror"],
        new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["NUGET_PACKAGES"] = Packages,
            ["RestoreFallbackFolders"] = Repository.PackageRoot,
            ["NuGetAudit"] = "false",
        },
        Cancellation);
}
