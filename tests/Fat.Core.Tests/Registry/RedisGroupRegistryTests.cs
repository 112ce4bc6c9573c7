using Fat.Registry;
using Fat.Registry.Redis;
using Fat.TestServers;

namespace Fat.Core.Tests.Registry;

/// <summary>The contract on a server that speaks Redis's protocol.</summary>
public abstract class ServerGroupRegistryTests(RedisServerFixture fixture) : GroupRegistryContract
{
    private protected RedisServer Server => fixture.Server;

    private protected override IGroupRegistry Open() => new RedisGroupRegistry(Options(), TimeProvider.System);

    private protected virtual FatRedisOptions Options() => new() { Host = Server.Host, Port = Server.Port };

    private protected override Task LoseAsync() => fixture.ExecuteAsync("FLUSHALL");
}

public sealed class RedisGroupRegistryTests(PlainRedisFixture fixture) : ServerGroupRegistryTests(fixture), IClassFixture<PlainRedisFixture>;

public sealed class OlderRedisGroupRegistryTests(OlderRedisFixture fixture) : ServerGroupRegistryTests(fixture), IClassFixture<OlderRedisFixture>;

public sealed class GarnetGroupRegistryTests(GarnetFixture fixture) : ServerGroupRegistryTests(fixture), IClassFixture<GarnetFixture>;

public sealed class RedisClusterGroupRegistryTests(RedisClusterFixture fixture) : ServerGroupRegistryTests(fixture), IClassFixture<RedisClusterFixture>
{
    private protected override FatRedisOptions Options() => new() { ClusterNodes = { $"{Server.Host}:{Server.Port}" } };
}
