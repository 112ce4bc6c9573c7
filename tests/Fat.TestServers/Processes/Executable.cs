namespace Fat.TestServers;

/// <summary>Finds programs on this machine.</summary>
internal static class Executable
{
    // Debian keeps some tools of the administrator out of an ordinary user's PATH.
    private static readonly string[] UnixFolders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>The full path of the program, or null when no folder of the PATH holds it.</summary>
    public static string? Find(string name) => Find(name, PathFolders());

    /// <summary>The full path of the program, or null when none of the folders holds it.</summary>
    public static string? Find(string name, IEnumerable<string> folders)
    {
        var fileName = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return folders.Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists);
    }

    private static IEnumerable<string> PathFolders()
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        var folders = path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return OperatingSystem.IsWindows() ? folders : folders.Concat(UnixFolders);
    }
}
