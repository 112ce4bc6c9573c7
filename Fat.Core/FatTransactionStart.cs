using System.Data;

namespace Fat;

/// <summary>How a branch's transaction begins. The driver begins it with the isolation level; a dialect adds the rest.</summary>
/// <param name="Isolation">The isolation level that the driver was told; <see cref="IsolationLevel.Unspecified"/> for its default.</param>
/// <param name="ReadOnly">The method says that it writes nothing (<see cref="FatTransactionAttribute.ReadOnly"/>).</param>
/// <param name="LockTimeout">How long a lock may be waited for; null for as long as the server lets it.</param>
/// <param name="Enlistment">Whether the transaction is one of the connection's own, or one of System.Transactions.</param>
public sealed record FatTransactionStart(IsolationLevel Isolation, bool ReadOnly, TimeSpan? LockTimeout, FatEnlistment Enlistment)
{
    /// <summary>
    /// How the session is to be called for as long as the transaction is open, at most 63 of <c>A-Za-z0-9._:-</c>, for a transaction that stays
    /// open for long; null when nobody needs to know. <see cref="FatDialect.LockHolders"/> tells it to those who wait for its locks.
    /// </summary>
    public string? Mark { get; init; }
}
