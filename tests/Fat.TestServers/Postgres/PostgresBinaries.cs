using System.Globalization;

namespace Fat.TestServers;

/// <summary>Where PostgreSQL's own programs are.</summary>
internal sealed record PostgresBinaries(string InitDb, string Postgres)
{
    // Distributions keep several versions side by side, out of the PATH: a folder each, named by the version.
    private static readonly (string Parent, string Prefix)[] VersionedParents =
    [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
    ];

    /// <summary>Copies the data of a server that runs; not part of every installation.</summary>
    public string BaseBackup => Executable.Find("pg_basebackup", [Path.GetDirectoryName(File.ResolveLinkTarget(Postgres, returnFinalTarget: true)?.FullName ?? Postgres)!])
        ?? Executable.Find("pg_basebackup")
        ?? throw new ServerNotFoundException("pg_basebackup is not installed: apt-get install postgresql");

    /// <summary>Finds them in the PATH, or else the newest version where distributions put them.</summary>
    public static PostgresBinaries? Find()
    {
        if (Executable.Find("initdb") is { } initDb && Executable.Find("postgres") is { } postgres)
            return new PostgresBinaries(initDb, postgres);
        return VersionedFolders().Select(In).FirstOrDefault(binaries => binaries is not null);
    }

    private static PostgresBinaries? In(string folder) =>
        Executable.Find("initdb", [folder]) is { } initDb && Executable.Find("postgres", [folder]) is { } postgres
            ? new PostgresBinaries(initDb, postgres)
            : null;

    private static IEnumerable<string> VersionedFolders() =>
        from place in VersionedParents
        where Directory.Exists(place.Parent)
        from folder in Directory.GetDirectories(place.Parent, place.Prefix + "*")
        let version = Version(Path.GetFileName(folder)[place.Prefix.Length..])
        where version is not null
        orderby version descending
        select Path.Combine(folder, "bin");

    private static double? Version(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version) ? version : null;
}
