namespace Fat.TestServers;

/// <summary>How a <see cref="RedisCluster"/> is started.</summary>
public sealed record RedisClusterOptions
{
    /// <summary>How many masters share the slots.</summary>
    public int Masters { get; init; } = 3;

    /// <summary>How many replicas each master has.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>After how much silence a node is taken for failed. A replica takes over half a second to a second and a half later.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the nodes may take until the cluster serves every slot.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
