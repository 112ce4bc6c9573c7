namespace Fat;

/// <summary>
/// What the registry remembers of the groups of all services, and which processes are alive. It is a memory for people: bounded, written behind the groups' backs, and lost with the registry. Nothing is ever decided by it,
/// and a group may be missing from it. A singleton; thread-safe.
/// </summary>
public interface IFatMonitor
{
    /// <summary>The services that have ended groups lately or have a live process, by name.</summary>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="FatMonitorUnavailableException">The registry is away.</exception>
    Task<IReadOnlyList<string>> ListServicesAsync(CancellationToken cancellationToken = default);

    /// <summary>The processes that were alive within the last minute, by service and id.</summary>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="FatMonitorUnavailableException">The registry is away.</exception>
    Task<IReadOnlyList<FatInstance>> ListInstancesAsync(CancellationToken cancellationToken = default);

    /// <summary>Groups that have ended, newest first: the last <see cref="FatOptions.HistoryKept"/> of each service that began them.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="ArgumentException">A part of the query is not what it should be.</exception>
    /// <exception cref="FatMonitorUnavailableException">The registry is away.</exception>
    Task<FatPage<FatPastGroup>> ListGroupsAsync(FatGroupQuery query, CancellationToken cancellationToken = default);

    /// <summary>One group with all that was told of its branches, whichever service began it; null when nothing is remembered.</summary>
    /// <param name="gid">The group.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="ArgumentException">That is not the id of a group.</exception>
    /// <exception cref="FatMonitorUnavailableException">The registry is away.</exception>
    Task<FatGroupHistory?> FindGroupAsync(string gid, CancellationToken cancellationToken = default);

    /// <summary>How many groups of a service ended and how, oldest first, the present minute or hour last; those without any are there too.</summary>
    /// <param name="service">The service that began them; null for all.</param>
    /// <param name="step">How long each count is of.</param>
    /// <param name="count">How many: 1 to 120 minutes, 1 to 168 hours.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="ArgumentException">The service is not a name, or the number is out of its range.</exception>
    /// <exception cref="FatMonitorUnavailableException">The registry is away.</exception>
    Task<IReadOnlyList<FatGroupCount>> CountAsync(string? service, FatCountStep step, int count, CancellationToken cancellationToken = default);
}
