using System.Globalization;

namespace Fat.TestServers;

/// <summary>Looks into the kernel's table of processes, where there is <c>/proc</c>.</summary>
public static class ProcessTable
{
    private const char Zombie = 'Z';
    private const char Dead = 'X';
    private const char Stopped = 'T';

    /// <summary>Whether the process runs or is stopped; one that ended and only waits to be collected does not count.</summary>
    public static bool IsAlive(int processId) => State($"/proc/{Text(processId)}") is { } state && state is not (Zombie or Dead);

    /// <summary>Completes when the process no longer lives.</summary>
    public static Task WaitUntilGoneAsync(int processId, CancellationToken cancellationToken = default) =>
        WaitUntilAsync(() => !IsAlive(processId), cancellationToken);

    /// <summary>Completes when every thread of the process is stopped, or it no longer lives.</summary>
    internal static Task WaitUntilStoppedAsync(int processId, CancellationToken cancellationToken) =>
        WaitUntilAsync(() => !IsAlive(processId) || IsStopped(processId), cancellationToken);

    // The kernel has no event for another process's state that .NET can await.
    private static async Task WaitUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellationToken);
    }

    private static bool IsStopped(int processId)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{Text(processId)}/task").All(thread => State(thread) is Stopped or null);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static char? State(string folder)
    {
        try
        {
            // "123 (name, which may hold anything) S …"
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Text(int processId) => processId.ToString(CultureInfo.InvariantCulture);
}
