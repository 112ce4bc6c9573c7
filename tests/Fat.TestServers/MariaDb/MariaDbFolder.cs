using System.Globalization;

namespace Fat.TestServers;

/// <summary>A data folder of MariaDB, made by its installation script, and how its server is started.</summary>
internal sealed class MariaDbFolder
{
    /// <summary>The administrator, who needs no password on the loopback interface.</summary>
    public const string Administrator = "root";

    private static readonly TimeSpan InitTimeout = TimeSpan.FromMinutes(2);

    // MariaDB refuses to run as root.
    private static readonly string[] UnprivilegedUsers = ["mysql", "nobody"];

    private readonly MariaDbBinaries _binaries;
    private readonly string _folder;
    private readonly UnixUser? _user;

    private MariaDbFolder(MariaDbBinaries binaries, string folder, UnixUser? user)
    {
        _binaries = binaries;
        _folder = folder;
        _user = user;
    }

    private string DataFolder => Path.Combine(_folder, "data");

    /// <summary>Makes a new data folder inside the folder, which is given to the user that will run the server.</summary>
    public static async Task<MariaDbFolder> CreateAsync(MariaDbBinaries binaries, string folder, CancellationToken cancellationToken)
    {
        var user = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            ? await UnixUser.FindAsync(UnprivilegedUsers, cancellationToken)
            : null;
        var data = new MariaDbFolder(binaries, folder, user);
        await data.InitialiseAsync(cancellationToken);
        return data;
    }

    /// <summary>How the server of this folder is started.</summary>
    public ChildProcessOptions Describe(MariaDbServerOptions options, int port)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["bind-address"] = MariaDbServer.LoopbackHost,
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
            ["socket"] = Path.Combine(_folder, "socket"),
            ["pid-file"] = Path.Combine(_folder, "pid"),
            ["max-connections"] = options.MaxConnections.ToString(CultureInfo.InvariantCulture),

            // Written at each COMMIT, so that a killed server keeps it; 1 forces it to the disk as well.
            ["innodb-flush-log-at-trx-commit"] = options.Fsync ? "1" : "2",
            ["innodb-buffer-pool-size"] = "64M",
            ["skip-name-resolve"] = "1",
        };
        foreach (var (name, value) in options.Settings)
            settings[name] = value;
        return Run(_binaries.Server, ["--no-defaults", $"--datadir={DataFolder}", .. settings.Select(setting => $"--{setting.Key}={setting.Value}")]) with
        {
            OnLine = options.OnLine,
        };
    }

    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        if (_user is not null)
        {
            var chown = new ChildProcessOptions { FileName = "chown", Arguments = [$"{_user.UserId}:{_user.GroupId}", _folder] };
            await Command.SucceedAsync(chown, InitTimeout, cancellationToken);
        }

        string[] arguments = ["--no-defaults", $"--datadir={DataFolder}", "--auth-root-authentication-method=normal", "--skip-test-db"];
        await Command.SucceedAsync(Run(_binaries.InstallDb, arguments), InitTimeout, cancellationToken);
    }

    private ChildProcessOptions Run(string program, IReadOnlyList<string> arguments) => new()
    {
        FileName = program,
        Arguments = arguments,
        WorkingDirectory = _folder,
        Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["LC_ALL"] = "C", ["TMPDIR"] = _folder },
        User = _user,
    };
}
