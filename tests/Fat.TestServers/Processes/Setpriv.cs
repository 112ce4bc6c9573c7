using System.Diagnostics;

namespace Fat.TestServers;

/// <summary>
/// The tool of util-linux that becomes another program after it changed its own user or asked for a parent-death signal.
/// It replaces itself, so the process id stays that of the program.
/// </summary>
internal static class Setpriv
{
    private static readonly Lazy<Task<string?>> Found = new(ProbeAsync);

    /// <summary>The path of a setpriv that knows what is asked of it here, or null.</summary>
    public static Task<string?> PathAsync => Found.Value;

    /// <summary>The arguments that precede the program and its own arguments.</summary>
    public static IEnumerable<string> Arguments(string? parentDeathSignal, UnixUser? user)
    {
        if (user is not null)
            yield return $"--reuid={user.UserId}";
        if (user is not null)
            yield return $"--regid={user.GroupId}";
        if (user is not null)
            yield return "--init-groups";
        if (parentDeathSignal is not null)
            yield return $"--pdeathsig={parentDeathSignal}";
        yield return "--";
    }

    private static async Task<string?> ProbeAsync()
    {
        if (!OperatingSystem.IsLinux() || Executable.Find("setpriv") is not { } path)
            return null;

        // Busybox has a setpriv without these.
        string[] arguments = ["--pdeathsig=KILL", "--", "true"];
        var info = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = await ProcessLauncher.StartAsync(info);
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? path : null;
    }
}
