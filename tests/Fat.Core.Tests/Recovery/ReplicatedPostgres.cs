using Fat.Core.Tests.World;
using Fat.TestServers;

namespace Fat.Core.Tests.Recovery;

/// <summary>A PostgreSQL server whose COMMIT waits for a standby, and what it says about that.</summary>
internal sealed class ReplicatedPostgres : IAsyncDisposable
{
    private const string StandbyName = "standby";

    private readonly SemaphoreSlim _gaveUp;

    private ReplicatedPostgres(PostgresServer primary, PostgresServer standby, SemaphoreSlim gaveUp)
    {
        (Primary, Standby, _gaveUp) = (primary, standby, gaveUp);
    }

    public PostgresServer Primary { get; }

    public PostgresServer Standby { get; }

    public static async Task<ReplicatedPostgres> StartAsync(CancellationToken cancellationToken)
    {
        var gaveUp = new SemaphoreSlim(0);
        var primary = await PostgresServer.StartAsync(
            new PostgresServerOptions
            {
                Fsync = false,
                Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["synchronous_standby_names"] = StandbyName },
                OnLine = line => Hear(line, gaveUp),
            },
            cancellationToken);
        return new ReplicatedPostgres(primary, await primary.StartStandbyAsync(StandbyName, cancellationToken), gaveUp);
    }

    /// <summary>Waits until the server has so many more times answered a COMMIT as done that the standby does not have.</summary>
    public async Task GivesUpAsync(int times, CancellationToken cancellationToken)
    {
        for (; times > 0; times--)
            Assert.True(await _gaveUp.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken), "the server waits for its standby, or nothing was committed");
    }

    public async ValueTask DisposeAsync()
    {
        await Primary.DisposeAsync();
        await Standby.DisposeAsync();
        _gaveUp.Dispose();
    }

    private static void Hear(string line, SemaphoreSlim gaveUp)
    {
        if (line.Contains("canceling wait for synchronous replication", StringComparison.Ordinal))
            gaveUp.Release();
    }
}

/// <summary>Services whose database may be on such a server, and whose driver may cancel what takes long.</summary>
public sealed class ReplicatedWorld(Servers servers) : GroupWorld(servers)
{
    private readonly HashSet<string> _impatient = [];

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The driver of a service that is not started yet cancels what takes longer than a second.</summary>
    public string Impatient(string service)
    {
        _impatient.Add(service);
        return service;
    }

    protected override string Route(string service, string connectionString) => _impatient.Contains(service) ? connectionString + ";Command Timeout=1" : connectionString;
}
