using Fat.TestServers;

// Tests wait more than they work: for time-outs, leases and processes.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
[assembly: TestCollectionOrderer(typeof(Fat.Core.Tests.World.LongestFirst))]
[assembly: AssemblyFixture(typeof(Fat.Core.Tests.World.Servers))]

namespace Fat.Core.Tests.World;

/// <summary>The real servers that the tests of this assembly share.</summary>
public sealed class Servers : IAsyncLifetime
{
    public RedisServer Redis { get; private set; } = null!;

    public PostgresServer Postgres { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await ServerPrograms.EnsureAsync();
        var redis = RedisServer.StartAsync();
        Postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false, MaxConnections = 300 });
        Redis = await redis;
    }

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}
