using Fat.Core.Tests.Registry;
using Fat.TestServers;

namespace Fat.Core.Tests.Security;

/// <summary>A server on which Fat may do what docs/security.md says, and nothing else.</summary>
public sealed class LimitedRedisFixture() : RedisServerFixture(new RedisServerOptions())
{
    internal LimitedServer Limited { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Limited = await LimitedServer.LimitAsync(Server, AclLine.Rules);
    }

    public override Task<object?> ExecuteAsync(params string[] command) => Limited.AsAdminAsync(command);

    internal FatRedisOptions Options() => new() { Host = Server.Host, Port = Server.Port, Password = LimitedServer.Password };
}

public sealed class AclGroupRegistryTests(LimitedRedisFixture fixture) : ServerGroupRegistryTests(fixture), IClassFixture<LimitedRedisFixture>
{
    private protected override FatRedisOptions Options() => fixture.Options();
}

public sealed class AclWorkQueueTests(LimitedRedisFixture fixture) : ServerWorkQueueTests(fixture), IClassFixture<LimitedRedisFixture>
{
    private protected override FatRedisOptions Options() => fixture.Options();
}

public sealed class AclMessageRecordTests(LimitedRedisFixture fixture) : ServerMessageRecordTests(fixture), IClassFixture<LimitedRedisFixture>
{
    private protected override FatRedisOptions Options() => fixture.Options();
}

public sealed class AclHistoryTests(LimitedRedisFixture fixture) : ServerHistoryTests(fixture), IClassFixture<LimitedRedisFixture>
{
    private protected override FatRedisOptions Options() => fixture.Options();
}
