namespace Fat.TestServers;

/// <summary>How a <see cref="MariaDbServer"/> is started.</summary>
public sealed record MariaDbServerOptions
{
    /// <summary>How many connections may be open at a time.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>
    /// Whether what is committed is forced to the disk. Without it the server is faster and still loses nothing when its
    /// process is killed; only when the machine itself fails.
    /// </summary>
    public bool Fsync { get; init; } = true;

    /// <summary>The TCP port, or 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>Further settings, as in <c>my.cnf</c>, which win over the others.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long the server may take until it accepts connections.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Is called with each line the server writes.</summary>
    public Action<string>? OnLine { get; init; }
}
