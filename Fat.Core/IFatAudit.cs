namespace Fat;

/// <summary>
/// The audit table: who did what to which group, message or incident, and why. Forced decisions and what is done about incidents write theirs themselves, in the same transaction. Nothing deletes from it. A singleton; thread-safe.
/// </summary>
public interface IFatAudit
{
    /// <summary>Writes an entry into this service's decision database before the action it tells of is done.</summary>
    /// <param name="subject">The group or the message, 1 to 128 characters.</param>
    /// <param name="action">What is done, as <c>retry</c>: 1 to 32 lower-case letters and hyphens.</param>
    /// <param name="by">Who, 1 to 200 characters.</param>
    /// <param name="reason">Why, 1 to 2000 characters.</param>
    /// <param name="cancellationToken">Gives up; the entry may have been written all the same.</param>
    /// <exception cref="ArgumentException">One of them is missing, too long, or not what it should be.</exception>
    /// <exception cref="FatMonitorUnavailableException">The database is away, or this service has none.</exception>
    Task RecordAsync(string subject, string action, string by, string reason, CancellationToken cancellationToken = default);

    /// <summary>Every entry in this service's databases, newest first, forced decisions and incidents included.</summary>
    /// <param name="subject">Only entries of this group or message. Default: null, all.</param>
    /// <param name="limit">The most to return, 1 to 1000.</param>
    /// <param name="skip">How many to pass over, 0 to 100,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    Task<FatList<FatAuditEntry>> ListAsync(string? subject = null, int limit = 100, int skip = 0, CancellationToken cancellationToken = default);
}
