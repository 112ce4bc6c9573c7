namespace Fat.TestServers;

/// <summary>Installs Debian's package and then starts the server as if it had been there.</summary>
internal sealed class AptSource<TServer>(string package, IServerSource<TServer> installed) : IServerSource<TServer>
{
    public string Name => $"{installed.Name}, from Debian's package {package}";

    public async Task<TServer> StartAsync(Action<string> report, CancellationToken cancellationToken)
    {
        await AptPackage.InstallAsync(package, report, cancellationToken);
        return await installed.StartAsync(report, cancellationToken);
    }
}
