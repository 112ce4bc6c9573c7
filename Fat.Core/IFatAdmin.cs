namespace Fat;

/// <summary>
/// What operators see and do. Every list is of what this process can see: its own databases, and the registry that all services share.
/// A group's branches in other services' databases are seen there. What the registry does not know is unknown, neither committed nor
/// rolled back. A server that is away fails no list: it is named in <see cref="FatList{T}.Unreachable"/>.
/// A singleton; thread-safe. It asks nobody who the caller is: whoever exposes it does.
/// </summary>
public interface IFatAdmin
{
    /// <summary>
    /// Groups that have been open for over a second, soonest deadline first, as the registry knows them.
    /// </summary>
    /// <param name="service">The service that began them. Default: this one.</param>
    /// <param name="limit">The most to return, 1 to 1000.</param>
    /// <param name="skip">How many to pass over, 0 to 100,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The service is not a name, or a number is out of its range.</exception>
    Task<FatList<FatOpenGroup>> ListOpenAsync(string? service = null, int limit = 100, int skip = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// Branches that are prepared in this service's databases and whose decision has not reached them, oldest first. In a healthy system
    /// they are young; an old one holds its row locks until its root's service is back, or a decision is forced.
    /// </summary>
    /// <param name="limit">The most to return, 1 to 1000.</param>
    /// <param name="skip">How many to pass over, 0 to 100,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    Task<FatList<FatInDoubtBranch>> ListInDoubtAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// Groups that this service began and that ended lately, newest first: those whose decision is still in a barrier table, and the last
    /// 1000 that this process ended itself. Committed rows go when every branch has obeyed, rows of roll backs after a day.
    /// </summary>
    /// <param name="limit">The most to return, 1 to 1000.</param>
    /// <param name="skip">How many to pass over, 0 to 100,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    Task<FatList<FatEndedGroup>> ListEndedAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default);

    /// <summary>The records of decisions that were forced from this service's processes, newest first. Nothing deletes them.</summary>
    /// <param name="limit">The most to return, 1 to 1000.</param>
    /// <param name="skip">How many to pass over, 0 to 100,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    Task<FatList<FatForceRecord>> ListForcedAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// Everything that can be known of a group from here. A group that nobody knows has no record, no rows and no branches: it never was,
    /// or it is over and forgotten.
    /// </summary>
    /// <param name="gid">The group.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">That is not the id of a group.</exception>
    Task<FatGroupDetails> ShowAsync(string gid, CancellationToken cancellationToken = default);

    /// <summary>
    /// Forces the decision of a group, and records who did it and why in the same transaction. A decision never changes: if there is one
    /// already, the result names it and says that the force had no effect. What is prepared in this service's databases is finished before
    /// this returns, and the other services are told. A forced roll back is safe against a root that is only slow: it finds the decision in
    /// its way and rolls back. Repeating a force is safe.
    /// </summary>
    /// <param name="gid">The group.</param>
    /// <param name="decision">
    /// The decision. <see cref="FatDecision.RolledBack"/> is the common one: a root that left no decision has not committed. A commit also
    /// needs to know every branch, and an operator's word (<see cref="FatForceOptions"/>).
    /// </param>
    /// <param name="by">Who forces it, 1 to 200 characters.</param>
    /// <param name="reason">Why, 1 to 2000 characters.</param>
    /// <param name="options">What the operator knows and Fat cannot.</param>
    /// <param name="cancellationToken">Gives up; the decision may have been made all the same.</param>
    /// <exception cref="ArgumentException">That is not the id of a group, a branch or a name; or who or why is missing or too long.</exception>
    /// <exception cref="FatForceRefusedException">Nothing was decided; the message says why, and what to do.</exception>
    /// <exception cref="FatInDoubtException">
    /// A connection was lost while the decision was written: it may have been. Force it again.
    /// </exception>
    Task<FatForceResult> ForceAsync(
        string gid, FatDecision decision, string by, string reason, FatForceOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// The held branches of this service that were lost (docs/protocol.md, "Held branches"), newest first. Those that are replayed or closed stay for
    /// <see cref="FatOptions.IncidentsKept"/>.
    /// </summary>
    /// <param name="onlyOpen">Only those that are neither replayed nor closed.</param>
    /// <param name="limit">The most to return, 1 to 1000.</param>
    /// <param name="skip">How many to pass over, 0 to 100,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    Task<FatList<FatIncident>> ListIncidentsAsync(bool onlyOpen = true, int limit = 100, int skip = 0, CancellationToken cancellationToken = default);

    /// <summary>Everything about an incident, the arguments of the lost call included; null when there is none (any more).</summary>
    /// <param name="gid">The group.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">That is not the id of a group or of a branch.</exception>
    /// <exception cref="FatIncidentRefusedException">It was not found, and a database could not be read.</exception>
    Task<FatIncidentDetails?> ShowIncidentAsync(string gid, string branch, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs the lost call again, now and in this process, whatever the automatic replay has done or does not do; who did it and why is recorded in the audit
    /// table. It is done once at most, whoever else tries. Returns the incident as it is then: replayed, or failed with the reason.
    /// </summary>
    /// <param name="gid">The group.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="version">The version of the incident that the operator has seen.</param>
    /// <param name="by">Who, 1 to 200 characters.</param>
    /// <param name="reason">Why, 1 to 2000 characters.</param>
    /// <param name="evenIfNotAllowed">
    /// The operator knows that the method can run again, though it does not say so (<see cref="FatTransactionAttribute.Replay"/>).
    /// </param>
    /// <param name="cancellationToken">Gives up; the call may have been run all the same.</param>
    /// <exception cref="ArgumentException">That is not the id of a group or of a branch; or who or why is missing or too long.</exception>
    /// <exception cref="FatIncidentRefusedException">Nothing was done: the incident is not open, has another version, or its method does not allow it.</exception>
    Task<FatIncident> ReplayIncidentAsync(
        string gid, string branch, int version, string by, string reason, bool evenIfNotAllowed = false, CancellationToken cancellationToken = default);

    /// <summary>
    /// Closes an incident: its work is not needed, or was done in another way. It is not replayed any more. Who did it and the note are recorded in the audit
    /// table as well, in the same transaction.
    /// </summary>
    /// <param name="gid">The group.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="version">The version of the incident that the operator has seen.</param>
    /// <param name="by">Who, 1 to 200 characters.</param>
    /// <param name="note">What was done about it, 1 to 2000 characters.</param>
    /// <param name="cancellationToken">Gives up; it may have been closed all the same.</param>
    /// <exception cref="ArgumentException">That is not the id of a group or of a branch; or who or the note is missing or too long.</exception>
    /// <exception cref="FatIncidentRefusedException">Nothing was done: the incident is not open, or has another version.</exception>
    Task<FatIncident> CloseIncidentAsync(string gid, string branch, int version, string by, string note, CancellationToken cancellationToken = default);
}
