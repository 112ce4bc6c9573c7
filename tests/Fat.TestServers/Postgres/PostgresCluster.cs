using System.Globalization;

namespace Fat.TestServers;

/// <summary>A data folder of PostgreSQL, made by initdb, and how its server is started.</summary>
internal sealed class PostgresCluster
{
    /// <summary>The administrator of every cluster made here, who needs no password on the loopback interface.</summary>
    public const string Administrator = "postgres";

    private static readonly TimeSpan InitTimeout = TimeSpan.FromMinutes(2);

    // PostgreSQL's programs refuse to run as root.
    private static readonly string[] UnprivilegedUsers = ["postgres", "nobody"];

    private readonly PostgresBinaries _binaries;
    private readonly string _folder;
    private readonly UnixUser? _user;

    private PostgresCluster(PostgresBinaries binaries, string folder, UnixUser? user)
    {
        _binaries = binaries;
        _folder = folder;
        _user = user;
    }

    private string DataFolder => Path.Combine(_folder, "data");

    /// <summary>Makes a new cluster inside the folder, which is given to the user that will run the server.</summary>
    public static async Task<PostgresCluster> CreateAsync(PostgresBinaries binaries, string folder, CancellationToken cancellationToken)
    {
        var user = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            ? await UnixUser.FindAsync(UnprivilegedUsers, cancellationToken)
            : null;
        var cluster = new PostgresCluster(binaries, folder, user);
        await cluster.InitialiseAsync(cancellationToken);
        return cluster;
    }

    /// <summary>How the server of this cluster is started.</summary>
    public ChildProcessOptions Describe(PostgresServerOptions options, int port)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["listen_addresses"] = PostgresServer.LoopbackHost,
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = OperatingSystem.IsWindows() ? "" : _folder,
            ["max_prepared_transactions"] = options.MaxPreparedTransactions.ToString(CultureInfo.InvariantCulture),
            ["max_connections"] = options.MaxConnections.ToString(CultureInfo.InvariantCulture),
            ["fsync"] = options.Fsync ? "on" : "off",
            ["logging_collector"] = "off",
            ["log_destination"] = "stderr",
            ["lc_messages"] = "C",
        };
        foreach (var (name, value) in options.Settings)
            settings[name] = value;
        return Run(_binaries.Postgres, ["-D", DataFolder, .. settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" })]) with
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

        string[] arguments =
        [
            "-D", DataFolder, "-U", Administrator, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions",
        ];
        await Command.SucceedAsync(Run(_binaries.InitDb, arguments), InitTimeout, cancellationToken);
    }

    private ChildProcessOptions Run(string program, IReadOnlyList<string> arguments) => new()
    {
        FileName = program,
        Arguments = arguments,
        WorkingDirectory = _folder,
        Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["LC_ALL"] = "C", ["PGDATA"] = null },
        User = _user,
    };
}
