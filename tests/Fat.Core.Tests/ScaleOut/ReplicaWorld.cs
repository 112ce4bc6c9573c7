using Fat.Core.Tests.World;
using Fat.TestServers;
using Fat.TestServers.Network;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>Three services over a master and a replica, which follows it over a network that can fail.</summary>
public sealed class ReplicaWorld(Servers servers) : GroupWorld(servers)
{
    private FaultyProxy _between = null!;

    public RedisServer Master { get; private set; } = null!;

    public RedisServer Replica { get; private set; } = null!;

    protected override FatAnswer Answer => FatAnswer.Early;

    protected override string RedisConnection => $"{Master.ConnectionString},{Replica.ConnectionString}";

    protected override IEnumerable<RedisServer> RedisServers => [Master, Replica];

    public override async ValueTask InitializeAsync()
    {
        Master = await RedisServer.StartAsync();
        _between = await FaultyProxy.StartAsync(Master.Host, Master.Port);
        Replica = await RedisServer.StartAsync(new RedisServerOptions { ReplicaOf = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, _between.Port) });
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Replica.DisposeAsync();
        await _between.DisposeAsync();
        await Master.DisposeAsync();
    }

    /// <summary>From now on the replica hears nothing.</summary>
    public void CutReplication() => _between.BlackHole();

    /// <summary>Whether the replica has a key.</summary>
    public async Task<bool> ReplicaHasAsync(string key)
    {
        await using var connection = await Replica.ConnectAsync();
        return await connection.ExecuteAsync(["EXISTS", key]) is "1";
    }

    /// <summary>The replica becomes a master, with what it has heard.</summary>
    public async Task PromoteAsync()
    {
        await using var connection = await Replica.ConnectAsync();
        await connection.ExecuteAsync(["REPLICAOF", "NO", "ONE"]);
    }
}
