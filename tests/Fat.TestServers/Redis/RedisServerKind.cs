namespace Fat.TestServers;

/// <summary>The programs that speak Redis's protocol.</summary>
public enum RedisServerKind
{
    /// <summary>redis-server, as it is installed on this machine.</summary>
    Redis,

    /// <summary>Microsoft's Garnet, from the repository's tool manifest.</summary>
    Garnet,
}
