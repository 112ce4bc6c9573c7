using Fat.Protocol;

namespace Fat.Registry;

/// <summary>
/// Queues of work that any instance may take: each piece is taken under a lease by the server's clock, and whoever lets his lease end loses it
/// to the next who takes (the fence tells). A piece is never lost while the server keeps its data, and may be taken more than once: what it does must be repeatable.
/// Trusted for liveness only; what the server loses is put again by whoever has it in a database. Thread-safe.
/// </summary>
/// <exception cref="RegistryUnavailableException">
/// Thrown by every operation when the server cannot be reached, refuses, or does not answer in time; the operation may or may not have taken
/// effect. Every operation may be repeated.
/// </exception>
internal interface IWorkQueues
{
    /// <summary>
    /// Puts pieces of work into a queue, in this order, and tells an instance that found too little to do lately (<see cref="InboxMessage.Work"/>), once, when something is
    /// ready or due before all else that is delayed. A piece whose id is there already, in whatever state, stays as it is. A delayed piece with a key keeps those behind it waiting.
    /// </summary>
    ValueTask PutAsync(QueueName queue, IReadOnlyList<WorkItem> items, CancellationToken cancellationToken);

    /// <summary>
    /// Takes pieces that are due, oldest first: those whose delay or whose taker's lease is over, and those that are ready, which have half of it, rounded up, where there are both and so many; of one alone either has its turn.
    /// A lease that ended counts as a failure. When fewer than asked
    /// for are there, the instance is told when more come; that is a hint and may be lost. What fails again later is not told of: whoever ended it looks again.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="instance">Who takes.</param>
    /// <param name="most">How many, 1 at least, and not more than <see cref="RegistryLimits.PiecesPerTake"/>.</param>
    /// <param name="lease">For how long they are his, unless he renews.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer.</param>
    ValueTask<TakenWork> TakeAsync(QueueName queue, InstanceId instance, int most, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Begins the leases anew of pieces that are still the caller's. Returns those that are not.</summary>
    ValueTask<IReadOnlyList<WorkHold>> RenewAsync(QueueName queue, IReadOnlyList<WorkHold> holds, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Ends the caller's hold of pieces. What is not his any more stays as it is; those are returned.</summary>
    ValueTask<IReadOnlyList<WorkHold>> EndAsync(QueueName queue, IReadOnlyList<WorkEnd> ends, CancellationToken cancellationToken);

    /// <summary>How pieces of work stand; null for those that are not there.</summary>
    ValueTask<IReadOnlyList<WorkView?>> ReadAsync(QueueName queue, IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>How many pieces there are in each state.</summary>
    ValueTask<QueueCounts> CountAsync(QueueName queue, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a piece that waits for its time, or that was set aside, due now, with its failures and their reason forgotten; another one that has its key comes before it.
    /// False when it is neither.
    /// </summary>
    ValueTask<bool> RetryNowAsync(QueueName queue, string id, CancellationToken cancellationToken);

    /// <summary>Takes a piece out, whatever its state; whoever has taken it finds that out when he renews or ends. False when it was not there.</summary>
    ValueTask<bool> RemoveAsync(QueueName queue, string id, CancellationToken cancellationToken);
}
