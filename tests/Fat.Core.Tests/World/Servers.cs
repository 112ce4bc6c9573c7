using Fat.Testing.Servers;

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
