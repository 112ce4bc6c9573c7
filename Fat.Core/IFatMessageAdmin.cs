namespace Fat;

/// <summary>
/// What operators see of this service's messages, and do about them. Everything that is shown comes from Redis, and what Redis has lost is shown when recovery has found it again. A singleton; thread-safe.
/// </summary>
public interface IFatMessageAdmin
{
    /// <summary>One message, with what became of each of its branches; null when nothing is known of it (any more).</summary>
    /// <param name="gid">The message.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="FatMonitorUnavailableException">The registry is away.</exception>
    Task<FatMessageDetails?> FindAsync(string gid, CancellationToken cancellationToken = default);

    /// <summary>Messages in a state, newest first.</summary>
    /// <param name="state">The state.</param>
    /// <param name="skip">How many to pass over.</param>
    /// <param name="most">How many to return: 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="FatMonitorUnavailableException">The registry is away.</exception>
    Task<IReadOnlyList<FatMessageDetails>> ListAsync(FatMessageState state, int skip = 0, int most = 100, CancellationToken cancellationToken = default);

    /// <summary>How many messages are in a state; of those that have ended, of the newest 10,000.</summary>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="FatMonitorUnavailableException">The registry is away.</exception>
    Task<long> CountAsync(FatMessageState state, CancellationToken cancellationToken = default);

    /// <summary>Makes branches due now that wait for their next attempt or have failed for good, with their failures forgotten (DTM's <c>resetNextCronTime</c>).</summary>
    /// <param name="gid">The message.</param>
    /// <param name="branchId">The branch; null for all. The calls of a message wait together, and so do all branches of one whose delay is not over.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer.</param>
    /// <returns>How many were made due; 0 when nothing waits.</returns>
    /// <exception cref="FatMonitorUnavailableException">The registry is away; a part of it may have been done. It can be repeated.</exception>
    Task<int> RetryNowAsync(string gid, string? branchId = null, CancellationToken cancellationToken = default);

    /// <summary>Delivers a branch once more, also one that is consumed. A subscriber's <see cref="FatBarrier"/> sees to it that it takes no effect twice.</summary>
    /// <param name="gid">The message.</param>
    /// <param name="branchId">The branch, a delivery.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer.</param>
    /// <returns>False when there is no such delivery.</returns>
    /// <exception cref="FatMonitorUnavailableException">The registry is away; a part of it may have been done. It can be repeated.</exception>
    Task<bool> RedeliverAsync(string gid, string branchId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes back the branches of a submitted message that are not consumed. One that is being worked on at this moment may take effect all the same; its attempt is stopped. What is consumed stays so.
    /// </summary>
    /// <param name="gid">The message.</param>
    /// <param name="reason">Why, for those who look at it later: at most 500 characters are kept.</param>
    /// <param name="cancellationToken">Cancels it; it can be repeated.</param>
    /// <returns>How many were taken back; 0 when the message is unknown or has ended.</returns>
    /// <exception cref="FatMonitorUnavailableException">The registry is away; a part of it may have been done. It can be repeated.</exception>
    Task<int> CancelAsync(string gid, string reason, CancellationToken cancellationToken = default);

    /// <summary>The groups of subscribers of every topic, and how much waits for each.</summary>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="FatMonitorUnavailableException">The registry is away.</exception>
    Task<IReadOnlyList<FatSubscription>> ListSubscriptionsAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Forgets a group of subscribers that does not exist any more, in Redis and in this service's database: messages that are published from now on have no branch for it. Every service that publishes to the topic is to
    /// do so, in one of its instances: the others know within 5 s. Branches of earlier messages stay, and can be cancelled.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="group">The group.</param>
    /// <param name="cancellationToken">Cancels it; it can be repeated.</param>
    /// <exception cref="FatMonitorUnavailableException">The registry is away; a part of it may have been done. It can be repeated.</exception>
    Task UnsubscribeAsync(string topic, string group, CancellationToken cancellationToken = default);
}
