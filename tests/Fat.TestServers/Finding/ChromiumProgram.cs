namespace Fat.TestServers;

/// <summary>The browser that tests of pages drive: Chromium, as distributions package it.</summary>
public static class ChromiumProgram
{
    private const string Package = "chromium";

    private static readonly string[] Names = ["chromium", "chromium-browser"];

    /// <summary>The path of the browser. As root on Debian a missing one is installed; programs that want to at the same time do it one after the other.</summary>
    /// <param name="report">Is told of each step.</param>
    /// <param name="cancellationToken">Cancels the installation.</param>
    /// <exception cref="ServerNotFoundException">There is none, and none can be installed; the message says what to do.</exception>
    public static async Task<string> EnsureAsync(Action<string>? report = null, CancellationToken cancellationToken = default)
    {
        if (Find() is { } found)
            return found;
        try
        {
            await AptPackage.InstallAsync(Package, report ?? (_ => { }), cancellationToken);
        }
        catch (ServerNotFoundException exception)
        {
            throw new ServerNotFoundException($"There is no Chromium in the PATH. Install it; on Debian: apt-get install {Package}. {exception.Message}", exception);
        }

        return Find() ?? throw new ServerNotFoundException($"Debian's package {Package} is installed, but there is no program {Names[0]} in the PATH.");
    }

    private static string? Find() => Names.Select(Executable.Find).FirstOrDefault(path => path is not null);
}
