using Fat.Core.Tests.World;
using Fat.TestServers;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>A cluster in which nobody takes over from a master that does not answer.</summary>
public sealed class ClusterReachWorld(Servers servers) : ClusterWorld(servers)
{
    protected override RedisClusterOptions Options { get; } = new() { Replicas = 0, NodeTimeout = TimeSpan.FromMinutes(1) };

    /// <summary>Then groups commit without Redis, and only the decision has to be carried.</summary>
    protected override FatAnswer Answer => FatAnswer.Prepared;

    /// <summary>A group whose record is out of reach is left to its root for so long.</summary>
    protected override void Configure(FatOptions options)
    {
        base.Configure(options);
        options.GroupTimeout = TimeSpan.FromSeconds(5);
    }
}
