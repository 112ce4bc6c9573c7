using Fat.Protocol;

namespace Fat.Registry;

/// <summary>
/// What is known of the messages of each service, and which groups of subscribers a topic has. Trusted for liveness and for what operators see, never for
/// whether a message exists: that is its row in the producer's database. Every operation may be repeated. Times are the server's. Thread-safe.
/// </summary>
/// <exception cref="RegistryUnavailableException">As for <see cref="IWorkQueues"/>.</exception>
internal interface IMessageRecords
{
    /// <summary>A producer is about to begin its local transaction. Nothing happens to a message that is there already.</summary>
    /// <param name="service">The producing service.</param>
    /// <param name="id">The message.</param>
    /// <param name="origin">What is the message's.</param>
    /// <param name="timeout">After how long to ask whether the local transaction has committed.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer.</param>
    ValueTask PrepareAsync(FatName service, MessageId id, MessageOrigin origin, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>
    /// Local transactions have committed. Makes the records, or turns prepared or cancelled ones (which was wrong then); nothing happens to one that is submitted already, even if it has ended. Without branches a
    /// message has ended at once. Returns for each the ids of its branches that are consumed already.
    /// </summary>
    /// <param name="service">The producing service.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer.</param>
    ValueTask<IReadOnlyList<IReadOnlyList<string>>> SubmitAsync(FatName service, IReadOnlyList<SubmittedMessage> messages, CancellationToken cancellationToken);

    /// <summary>The local transaction was rolled back. Nothing happens to a message that is submitted or not there.</summary>
    ValueTask CancelAsync(FatName service, MessageId id, string reason, CancellationToken cancellationToken);

    /// <summary>
    /// Tells what became of branches. A message all of whose branches are consumed or cancelled has ended, as consumed if at least one is: its record expires after
    /// <paramref name="kept"/>, and it is handed out by <see cref="TakeEndedAsync"/>. A consumed branch stays consumed; one that is cancelled, or whose message has ended, can
    /// only turn out to be consumed. News of another kind are passed over when a later hold (<see cref="BranchNews.Fence"/>) has told: news overtake each other. Messages that are not there are passed over (rule S6).
    /// </summary>
    ValueTask TellAsync(FatName service, IReadOnlyList<BranchNews> news, TimeSpan kept, CancellationToken cancellationToken);

    /// <summary>The records of messages; null where there is none.</summary>
    ValueTask<IReadOnlyList<MessageRecord?>> ReadAsync(FatName service, IReadOnlyList<MessageId> ids, CancellationToken cancellationToken);

    /// <summary>
    /// Prepared messages past their time-out, longest first, with their database. They are not handed out again before <paramref name="pause"/> is over.
    /// </summary>
    ValueTask<IReadOnlyList<MessagePlace>> TakeOverdueAsync(FatName service, int most, TimeSpan pause, CancellationToken cancellationToken);

    /// <summary>
    /// Messages that were submitted, have ended, and whose rows can go, longest first: some hundreds at most. They are not handed out again before <paramref name="pause"/> is over,
    /// and stay until <see cref="ForgetEndedAsync"/>.
    /// </summary>
    ValueTask<IReadOnlyList<MessagePlace>> TakeEndedAsync(FatName service, int most, TimeSpan pause, CancellationToken cancellationToken);

    /// <summary>Which of these have ended and have rows that can go: known also when their records have expired.</summary>
    ValueTask<IReadOnlySet<MessagePlace>> EndedAmongAsync(FatName service, IReadOnlyList<MessagePlace> places, CancellationToken cancellationToken);

    /// <summary>The rows of these have gone. At least one, some hundreds at most.</summary>
    ValueTask ForgetEndedAsync(FatName service, IReadOnlyList<MessagePlace> places, CancellationToken cancellationToken);

    /// <summary>Messages in a state, newest first: so many, behind a place in the list. The record of one may have expired.</summary>
    ValueTask<IReadOnlyList<MessageId>> ListAsync(FatName service, MessageState state, int skip, int most, CancellationToken cancellationToken);

    /// <summary>How many messages are in a state; of those that have ended, the latest that are kept.</summary>
    ValueTask<long> CountAsync(FatName service, MessageState state, CancellationToken cancellationToken);

    /// <summary>A group of subscribers wants what is published to a topic from now on.</summary>
    ValueTask SubscribeAsync(FatName topic, FatName group, CancellationToken cancellationToken);

    /// <summary>A group of subscribers wants it no longer.</summary>
    ValueTask UnsubscribeAsync(FatName topic, FatName group, CancellationToken cancellationToken);

    /// <summary>The groups of subscribers of a topic.</summary>
    ValueTask<IReadOnlyList<FatName>> GroupsAsync(FatName topic, CancellationToken cancellationToken);

    /// <summary>All topics that have subscribers.</summary>
    ValueTask<IReadOnlyList<FatName>> TopicsAsync(CancellationToken cancellationToken);
}
