using Fat.Core.Tests.World;
using Fat.TestServers;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>A cluster in which masters go away, and a PostgreSQL that only these services prepare transactions in: there are many at once.</summary>
public sealed class ClusterOutageWorld(Servers servers) : ClusterWorld(servers)
{
    private PostgresServer _postgres = null!;

    protected override PostgresServer DatabaseServer => _postgres;

    public override async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false, MaxConnections = 100 });
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
