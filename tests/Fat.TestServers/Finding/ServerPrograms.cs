namespace Fat.TestServers;

/// <summary>The server programs that tests start themselves: redis-server, PostgreSQL and MariaDB.</summary>
public static class ServerPrograms
{
    /// <summary>
    /// Sees to it that redis-server and PostgreSQL are on this machine: as root on Debian, missing ones are installed. Elsewhere a missing one is
    /// reported by the test that starts it. May be called by several programs at the same time.
    /// </summary>
    /// <param name="report">Is told of each step.</param>
    /// <param name="cancellationToken">Cancels the installation.</param>
    public static async Task EnsureAsync(Action<string>? report = null, CancellationToken cancellationToken = default)
    {
        if (RedisBinary.Find() is null)
            await InstallAsync("redis-server", report, cancellationToken);
        if (PostgresBinaries.Find() is null)
            await InstallAsync("postgresql", report, cancellationToken);
    }

    /// <summary>The same for MariaDB, which few tests need.</summary>
    /// <param name="report">Is told of each step.</param>
    /// <param name="cancellationToken">Cancels the installation.</param>
    public static async Task EnsureMariaDbAsync(Action<string>? report = null, CancellationToken cancellationToken = default)
    {
        if (MariaDbBinaries.Find() is not null)
            return;
        foreach (var package in MariaDbBinaries.Packages)
            await InstallAsync(package, report, cancellationToken);
    }

    private static async Task InstallAsync(string package, Action<string>? report, CancellationToken cancellationToken)
    {
        try
        {
            await AptPackage.InstallAsync(package, report ?? (_ => { }), cancellationToken);
        }
        catch (ServerNotFoundException exception)
        {
            report?.Invoke(exception.Message);
        }
    }
}
