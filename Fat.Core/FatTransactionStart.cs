using System.Data;

namespace Fat;

/// <summary>How a branch's transaction begins. The driver begins it with the isolation level; a dialect adds the rest.</summary>
/// <param name="Isolation">The isolation level that the driver was told; <see cref="IsolationLevel.Unspecified"/> for its default.</param>
/// <param name="ReadOnly">The method says that it writes nothing (<see cref="FatTransactionAttribute.ReadOnly"/>).</param>
/// <param name="LockTimeout">How long a lock may be waited for; null for as long as the server lets it.</param>
/// <param name="Enlistment">Whether the transaction is one of the connection's own, or one of System.Transactions.</param>
public sealed record FatTransactionStart(IsolationLevel Isolation, bool ReadOnly, TimeSpan? LockTimeout, FatEnlistment Enlistment);
