using Fat.Registry.InMemory;
using Fat.TestServers;

namespace Fat.Core.Tests.Registry;

public sealed class InMemoryWorkQueueTests : WorkQueueContract
{
    private readonly InMemoryRegistryStore _store = new(TimeProvider.System);

    private protected override OpenRegistry Open() => OpenRegistry.Of(_store);

    private protected override Task LoseAsync()
    {
        _store.Lose();
        return Task.CompletedTask;
    }
}

/// <summary>The contract on a server that speaks Redis's protocol.</summary>
public abstract class ServerWorkQueueTests(RedisServerFixture fixture) : WorkQueueContract
{
    private protected RedisServer Server => fixture.Server;

    private protected override OpenRegistry Open() => OpenRegistry.Of(Options());

    private protected virtual FatRedisOptions Options() => new() { Host = Server.Host, Port = Server.Port };

    private protected override Task LoseAsync() => fixture.ExecuteAsync("FLUSHALL");
}

public sealed class RedisWorkQueueTests(PlainRedisFixture fixture) : ServerWorkQueueTests(fixture), IClassFixture<PlainRedisFixture>;

public sealed class GarnetWorkQueueTests(GarnetFixture fixture) : ServerWorkQueueTests(fixture), IClassFixture<GarnetFixture>;

public sealed class RedisClusterWorkQueueTests(RedisClusterFixture fixture) : ServerWorkQueueTests(fixture), IClassFixture<RedisClusterFixture>
{
    private protected override FatRedisOptions Options() => new() { ClusterNodes = { $"{Server.Host}:{Server.Port}" } };
}
