using Fat.Protocol;

namespace Fat.Registry;

/// <summary>
/// What the registry remembers for people: groups that have ended, how many, and how processes are. It decides nothing, and every part of it may
/// vanish (rule S6). Everything of a group is kept with the service that began it. Thread-safe.
/// </summary>
/// <exception cref="RegistryUnavailableException">As for <see cref="IGroupRegistry"/>.</exception>
internal interface IHistory
{
    /// <summary>
    /// Tells of groups of one service; may be repeated. The first outcome of a group stays, unless it was in doubt; it is counted then. Of a
    /// branch the last word is kept, if the group's record has room (<see cref="RegistryLimits.PastRecord"/>). The oldest groups are forgotten.
    /// </summary>
    /// <param name="service">The service that began them.</param>
    /// <param name="entries">What is told, in its order.</param>
    /// <param name="teller">Who tells: what the service itself says of how many groups to keep is remembered, and obeyed by others.</param>
    /// <param name="kept">How many groups of the service to keep.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer.</param>
    ValueTask TellAsync(FatName service, IReadOnlyList<PastEntry> entries, FatName teller, int kept, CancellationToken cancellationToken);

    /// <summary>The services of whose groups was told within the last week, the latest <see cref="RegistryLimits.PastServices"/> of them.</summary>
    ValueTask<IReadOnlyList<FatName>> ServicesAsync(CancellationToken cancellationToken);

    /// <summary>Ended groups of a service, newest first.</summary>
    /// <param name="service">The service that began them.</param>
    /// <param name="query">Which ones.</param>
    /// <param name="now">The present, by the clock by which groups end.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer.</param>
    ValueTask<IReadOnlyList<PastGroup>> ListAsync(FatName service, PastQuery query, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>One group of a service; null when nothing is remembered.</summary>
    ValueTask<PastRecord?> FindAsync(FatName service, GroupId gid, CancellationToken cancellationToken);

    /// <summary>The last so many counts of a service, oldest first, the present one last.</summary>
    ValueTask<IReadOnlyList<PastCount>> CountAsync(FatName service, PastStep step, int count, CancellationToken cancellationToken);

    /// <summary>How a process is; remembered for a minute.</summary>
    ValueTask TellStatusAsync(InstanceId instance, string status, CancellationToken cancellationToken);

    /// <summary>The processes that were alive within a time.</summary>
    ValueTask<IReadOnlyList<AliveInstance>> InstancesAsync(TimeSpan within, CancellationToken cancellationToken);
}
