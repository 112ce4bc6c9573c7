namespace Fat.Testing.Servers;

/// <summary>Where MariaDB's own programs are. The old names are used by MySQL as well, whose folders are made in another way.</summary>
internal sealed record MariaDbBinaries(string InstallDb, string Server)
{
    public const string Package = "mariadb-server-core";

    public static MariaDbBinaries? Find() =>
        Executable.Find("mariadb-install-db") is { } install && Executable.Find("mariadbd") is { } server ? new MariaDbBinaries(install, server) : null;
}
