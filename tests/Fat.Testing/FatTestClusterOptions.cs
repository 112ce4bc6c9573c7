namespace Fat.Testing;

/// <summary>Settings of a <see cref="FatTestCluster"/>.</summary>
public sealed class FatTestClusterOptions
{
    /// <summary>How long the test waits for something, by the machine's clock, before it fails and tells what happened. Default: 10 s.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// While the test waits for groups and no request runs in any service, the cluster's clock runs ahead, half a second every few milliseconds, so that what takes recovery
    /// seconds takes the test none. Default: true.
    /// </summary>
    public bool RunsAhead { get; set; } = true;

    /// <summary>Settings of every service, applied last. Default: what each service sets for itself.</summary>
    public Action<FatOptions>? Configure { get; set; }
}
