using Fat.Protocol;

namespace Fat.Dtm;

/// <summary>Where global transactions are kept. What it says counts: Redis only carries the work. Thread-safe. An operation that throws may have taken effect, and may be repeated.</summary>
internal interface IDtmStore
{
    /// <summary>Stores a new transaction; false when there is one of its gid, also one that has ended.</summary>
    Task<bool> TryAddAsync(DtmTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Null when there is none.</summary>
    Task<StoredTransaction?> FindAsync(MessageId id, CancellationToken cancellationToken);

    /// <summary>Puts another state in the place of one, with the next version; false when somebody else was faster.</summary>
    Task<bool> TryReplaceAsync(StoredTransaction stored, DtmTransaction next, CancellationToken cancellationToken);

    /// <summary>This service's transactions that have not ended and are of an age, in the order of their ids, behind one or from the first.</summary>
    Task<IReadOnlyList<MessageId>> OpenAsync(TimeSpan age, MessageId? after, int most, CancellationToken cancellationToken);
}

/// <summary>A transaction as it was found.</summary>
/// <param name="Transaction">What it says.</param>
/// <param name="Text">How it is written.</param>
internal sealed record StoredTransaction(DtmTransaction Transaction, string Text);
