using Fat.Core.Tests.World;
using Fat.TestServers;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>Three services over Garnet in place of Redis.</summary>
public sealed class GarnetWorld(Servers servers) : GroupWorld(servers)
{
    private RedisServer _garnet = null!;

    protected override FatAnswer Answer => FatAnswer.Early;

    protected override string RedisConnection => _garnet.ConnectionString;

    protected override IEnumerable<RedisServer> RedisServers => [_garnet];

    public override async ValueTask InitializeAsync()
    {
        _garnet = await RedisServer.StartAsync(new RedisServerOptions { Kind = RedisServerKind.Garnet });
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _garnet.DisposeAsync();
    }
}
