using System.Globalization;
using Npgsql;

namespace Fat.TestServers;

/// <summary>PostgreSQL in a container.</summary>
/// <param name="options">How the server is started.</param>
/// <param name="folders">Where the engine's command is looked for; in the PATH when null.</param>
internal sealed class ContainerDatabaseSource(PostgresServerOptions options, IReadOnlyList<string>? folders = null) : IServerSource<DatabaseServer>
{
    private const string Image = "docker.io/library/postgres:16";
    private const int ContainerPort = 5432;

    // The port is published on the loopback interface only.
    private static readonly Dictionary<string, string> Trusting = new(StringComparer.Ordinal) { ["POSTGRES_HOST_AUTH_METHOD"] = "trust" };

    public string Name => $"{Image} in a container";

    public async Task<DatabaseServer> StartAsync(Action<string> report, CancellationToken cancellationToken)
    {
        var engine = await ContainerEngine.FindAsync(folders, cancellationToken);
        report($"Starting {Image} with {engine.Name}, which fetches it first if need be …");
        var container = await engine.RunAsync(Image, ContainerPort, Trusting, [.. Arguments()], cancellationToken);
        try
        {
            var connection = new NpgsqlConnectionStringBuilder
            {
                Host = PostgresServer.LoopbackHost,
                Port = container.Port,
                Username = PostgresCluster.Administrator,
            };
            var administration = new PostgresAdministration(connection.ConnectionString);
            await container.WaitUntilReadyAsync(token => AnswersAsync(administration, token), cancellationToken);
            return new DatabaseServer(administration, Name, container);
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    private IEnumerable<string> Arguments()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["max_prepared_transactions"] = options.MaxPreparedTransactions.ToString(CultureInfo.InvariantCulture),
            ["max_connections"] = options.MaxConnections.ToString(CultureInfo.InvariantCulture),
            ["fsync"] = options.Fsync ? "on" : "off",
        };
        foreach (var (name, value) in options.Settings)
            settings[name] = value;
        return settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" });
    }

    // The image's server listens on the network only once it is initialised; until then connections are closed at once.
    private static async Task<bool> AnswersAsync(PostgresAdministration administration, CancellationToken cancellationToken)
    {
        try
        {
            await administration.SettingAsync("server_version", cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
