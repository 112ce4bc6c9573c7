using Fat.Core.Tests.World;
using Fat.TestServers;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>Three services over a Redis Cluster of three masters with a replica each. Answers are early: then votes go through Redis.</summary>
public class ClusterWorld(Servers servers) : GroupWorld(servers)
{
    public static readonly TimeSpan WaitResult = TimeSpan.FromSeconds(10);

    public RedisCluster Cluster { get; private set; } = null!;

    protected virtual RedisClusterOptions Options { get; } = new();

    protected override FatAnswer Answer => FatAnswer.Early;

    /// <summary>A master that hangs is given up after both times, and connecting without it takes the first once more.</summary>
    protected override string RedisConnection => $"{Cluster.ConnectionString},connectTimeout=1500,syncTimeout=1500";

    protected override IEnumerable<RedisServer> RedisServers => Cluster.Nodes.Select(node => node.Server);

    public override async ValueTask InitializeAsync()
    {
        Cluster = await RedisCluster.StartAsync(Options);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Recovery takes up what was left open well within the time that a test waits for it (rule L3).</summary>
    protected override void Configure(FatOptions options)
    {
        base.Configure(options);
        options.GroupTimeout = WaitResult;
    }

    /// <summary>The key of a group's record.</summary>
    public string GroupKey(string gid) => $"{KeyPrefix}:{{{gid}}}";
}
