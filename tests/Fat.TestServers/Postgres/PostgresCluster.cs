using System.Globalization;

namespace Fat.TestServers;

/// <summary>A data folder of PostgreSQL, made by initdb or copied from a server, and how its server is started.</summary>
internal sealed class PostgresCluster
{
    /// <summary>The administrator of every cluster made here, who needs no password on the loopback interface.</summary>
    public const string Administrator = "postgres";

    private static readonly TimeSpan MakeTimeout = TimeSpan.FromMinutes(2);

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
        var cluster = await InAsync(binaries, folder, cancellationToken);
        await cluster.MakeAsync(
            binaries.InitDb, ["-D", cluster.DataFolder, "-U", Administrator, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"], cancellationToken);
        return cluster;
    }

    /// <summary>Makes a copy of the server that runs on the port, which becomes its standby when it is started.</summary>
    public static async Task<PostgresCluster> CopyAsync(PostgresBinaries binaries, string folder, int primary, CancellationToken cancellationToken)
    {
        var cluster = await InAsync(binaries, folder, cancellationToken);
        await cluster.MakeAsync(
            binaries.BaseBackup,
            ["-D", cluster.DataFolder, "-h", PostgresServer.LoopbackHost, "-p", primary.ToString(CultureInfo.InvariantCulture), "-U", Administrator, "-R", "-c", "fast", "--no-sync"],
            cancellationToken);
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

    private static async Task<PostgresCluster> InAsync(PostgresBinaries binaries, string folder, CancellationToken cancellationToken)
    {
        var user = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            ? await UnixUser.FindAsync(UnprivilegedUsers, cancellationToken)
            : null;
        return new PostgresCluster(binaries, folder, user);
    }

    private async Task MakeAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        if (_user is not null)
        {
            var chown = new ChildProcessOptions { FileName = "chown", Arguments = [$"{_user.UserId}:{_user.GroupId}", _folder] };
            await Command.SucceedAsync(chown, MakeTimeout, cancellationToken);
        }

        await Command.SucceedAsync(Run(program, arguments), MakeTimeout, cancellationToken);
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
