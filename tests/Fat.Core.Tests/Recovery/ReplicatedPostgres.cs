using Fat.Core.Tests.World;
using Fat.TestServers;

namespace Fat.Core.Tests.Recovery;

/// <summary>A PostgreSQL server whose COMMIT waits for a standby, and what it says about that.</summary>
public sealed class ReplicatedPostgres : IAsyncLifetime
{
    private const string StandbyName = "standby";

    private readonly SemaphoreSlim _gaveUp = new(0);

    public PostgresServer Primary { get; private set; } = null!;

    public PostgresServer Standby { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await ServerPrograms.EnsureAsync();
        Primary = await PostgresServer.StartAsync(new PostgresServerOptions
        {
            Fsync = false,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["synchronous_standby_names"] = StandbyName },
            OnLine = Hear,
        });
        Standby = await Primary.StartStandbyAsync(StandbyName);
    }

    /// <summary>The standby is there, as a test finds it, and the server has said nothing.</summary>
    public async Task WellAsync(CancellationToken cancellationToken)
    {
        if (!Standby.IsRunning)
            await Standby.StartAgainAsync(cancellationToken);
        while (await _gaveUp.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
        }
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

    private void Hear(string line)
    {
        if (line.Contains("canceling wait for synchronous replication", StringComparison.Ordinal))
            _gaveUp.Release();
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
