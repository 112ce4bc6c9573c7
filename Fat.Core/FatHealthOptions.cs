namespace Fat;

/// <summary>The settings of section <c>Fat:Health</c>: from when on a process counts as degraded or unhealthy (<see cref="IFatHealth"/>). Times are <see cref="TimeSpan"/>s.</summary>
public sealed class FatHealthOptions
{
    /// <summary>How long a server may take to answer the check. Past it, it counts as away. Default: 2 s, at most 1 h.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What it means when Redis does not take a write. A service whose groups do not need it (prepared answers) may call that <see cref="FatHealthState.Degraded"/>. Default:
    /// <see cref="FatHealthState.Unhealthy"/>.
    /// </summary>
    public FatHealthState RegistryAway { get; set; } = FatHealthState.Unhealthy;

    /// <summary>From which time of a write on Redis is degraded. Default: 500 ms.</summary>
    public TimeSpan RegistrySlow { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From which time to connect to a database and to ask it is degraded. Default: 1 s.</summary>
    public TimeSpan DatabaseSlow { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long behind its time the inbox may be unread, or a background loop be stuck or fail, until that is degraded. Default: 15 s.</summary>
    public TimeSpan SilenceDegraded { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long behind its time the inbox may be unread, or a loop that groups need be stuck, until that is unhealthy. Default: 60 s.</summary>
    public TimeSpan SilenceUnhealthy { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>From which age of the oldest branch in doubt, in this service's databases or in this process, is degraded. Default: 60 s.</summary>
    public TimeSpan InDoubtDegraded { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>From which age of it is unhealthy; null for never. Default: 900 s.</summary>
    public TimeSpan? InDoubtUnhealthy { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>From how many open incidents on is degraded: 1 or more. Default: 1.</summary>
    public int IncidentsDegraded { get; set; } = 1;

    /// <summary>From how many on is unhealthy; null for never. Default: none.</summary>
    public int? IncidentsUnhealthy { get; set; }
}
