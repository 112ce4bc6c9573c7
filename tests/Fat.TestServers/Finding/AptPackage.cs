using System.Globalization;

namespace Fat.TestServers;

/// <summary>A package of Debian, which only root can install.</summary>
internal static class AptPackage
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // Debian asks this script whether a package may start its service; 101 forbids it.
    private const string PolicyPath = "/usr/sbin/policy-rc.d";
    private const string Policy = "#!/bin/sh\nexit 101\n";

    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Installs the package. Programs that want to at the same time do it one after the other.</summary>
    /// <exception cref="ServerNotFoundException">It cannot be installed here; the message says why.</exception>
    public static async Task InstallAsync(string package, Action<string> report, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || TestServers.Executable.Find("apt-get") is not { } apt)
            throw new ServerNotFoundException("There is no apt-get here.");
        if (!Environment.IsPrivilegedProcess)
            throw new ServerNotFoundException($"Only root can install packages: sudo apt-get install {package}");

        report(string.Create(CultureInfo.InvariantCulture, $"Installing Debian's package {package}, which may take a few minutes …"));
        await using var alone = await AloneAsync(cancellationToken);
        await WithoutServicesAsync(async () =>
        {
            await RunAsync(apt, ["update"], cancellationToken);
            await RunAsync(apt, ["install", "-y", "--no-install-recommends", package], cancellationToken);
        });
    }

    private static async Task<FileStream> AloneAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), "fat-testing-apt.lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Another process installs.
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
            }
        }
    }

    // Only the binaries are wanted, not a server that Debian starts for the whole machine.
    private static async Task WithoutServicesAsync(Func<Task> installAsync)
    {
        if (!OperatingSystem.IsLinux() || File.Exists(PolicyPath))
        {
            await installAsync();
            return;
        }

        await File.WriteAllTextAsync(PolicyPath, Policy, CancellationToken.None);
        try
        {
            File.SetUnixFileMode(PolicyPath, Executable);
            await installAsync();
        }
        finally
        {
            File.Delete(PolicyPath);
        }
    }

    private static Task<string> RunAsync(string apt, string[] arguments, CancellationToken cancellationToken)
    {
        var options = new ChildProcessOptions
        {
            FileName = apt,
            Arguments = arguments,
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DEBIAN_FRONTEND"] = "noninteractive" },

            // Interrupted by a kill, the package database would need repair.
            ParentDeathSignal = "TERM",
        };
        return Command.SucceedAsync(options, InstallTimeout, cancellationToken);
    }
}
