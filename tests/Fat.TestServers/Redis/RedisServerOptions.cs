using System.Net;

namespace Fat.TestServers;

/// <summary>How a <see cref="RedisServer"/> is started.</summary>
public sealed record RedisServerOptions
{
    /// <summary>The program to start.</summary>
    public RedisServerKind Kind { get; init; } = RedisServerKind.Redis;

    /// <summary>
    /// Whether each write is on disk before it is answered. Without it the server keeps nothing over a restart, however
    /// it ended.
    /// </summary>
    public bool AppendOnly { get; init; }

    /// <summary>The password that clients must give, or null.</summary>
    public string? Password { get; init; }

    /// <summary>The master that this server follows, which has the same password, or null. Not for Garnet.</summary>
    public IPEndPoint? ReplicaOf { get; init; }

    /// <summary>The TCP port, or 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>Further arguments, which come last and so win over the others. They must not send the log elsewhere.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>How long the server may take until it answers.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Is called with each line the server writes.</summary>
    public Action<string>? OnLine { get; init; }
}
