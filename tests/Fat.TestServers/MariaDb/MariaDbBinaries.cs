namespace Fat.TestServers;

/// <summary>Where MariaDB's own programs are. The old names are used by MySQL as well, whose folders are made in another way.</summary>
internal sealed record MariaDbBinaries(string InstallDb, string Server)
{
    // The programs alone; mariadb-server would make a server for the whole machine.
    private static readonly string[] PackageNames = ["mariadb-server-core", "mariadb-client-core"];

    /// <summary>Debian's packages with what is needed.</summary>
    public static IReadOnlyList<string> Packages => PackageNames;

    /// <summary>The installation script runs another program, which is in another package.</summary>
    public static MariaDbBinaries? Find() =>
        Executable.Find("mariadb-install-db") is { } install && Executable.Find("mariadbd") is { } server && Executable.Find("my_print_defaults") is not null
            ? new MariaDbBinaries(install, server)
            : null;
}
