using Fat.Registry.InMemory;
using Fat.TestServers;

namespace Fat.Core.Tests.Registry;

public sealed class InMemoryMessageRecordTests : MessageRecordContract
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
public abstract class ServerMessageRecordTests(RedisServerFixture fixture) : MessageRecordContract
{
    private protected RedisServer Server => fixture.Server;

    private protected override OpenRegistry Open() => OpenRegistry.Of(Options());

    private protected virtual FatRedisOptions Options() => new() { Host = Server.Host, Port = Server.Port };

    private protected override Task LoseAsync() => fixture.ExecuteAsync("FLUSHALL");
}

public sealed class RedisMessageRecordTests(PlainRedisFixture fixture) : ServerMessageRecordTests(fixture), IClassFixture<PlainRedisFixture>;

public sealed class GarnetMessageRecordTests(GarnetFixture fixture) : ServerMessageRecordTests(fixture), IClassFixture<GarnetFixture>;

public sealed class RedisClusterMessageRecordTests(RedisClusterFixture fixture) : ServerMessageRecordTests(fixture), IClassFixture<RedisClusterFixture>
{
    private protected override FatRedisOptions Options() => new() { ClusterNodes = { $"{Server.Host}:{Server.Port}" } };
}
