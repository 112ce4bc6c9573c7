using Fat.Protocol;

namespace Fat.Resources;

/// <summary>
/// Where the held branches of one database are written down before they vote, in that database, so that what a crash takes
/// from them is known and can be done again. Thread-safe.
/// </summary>
internal interface IBranchJournal : IAsyncDisposable
{
    /// <summary>How many bytes the arguments of a call may have.</summary>
    int Limit { get; }

    /// <summary>
    /// Sent by a branch before it votes: its barrier row in its own transaction, then its journal row, which is committed when this
    /// returns. So wherever there is a journal row, the transaction has its barrier row or is over. When it throws, the branch has not
    /// voted; a journal row that may be there all the same is deleted here or by recovery.
    /// </summary>
    /// <exception cref="InvalidOperationException">The method allows a replay, and its arguments cannot be journalled.</exception>
    Task WriteAsync(LocalTransaction transaction, PreparedName name, JournalledCall call, CancellationToken cancellationToken);

    /// <summary>
    /// Sent when the decision is to commit and the branch's COMMIT has failed or got no answer: the barrier tells whether it has
    /// committed, or is lost, which then stands in the journal as an incident. Returns when one of them is certain and durable.
    /// </summary>
    /// <exception cref="TimeoutException">The transaction is not over yet: ask again.</exception>
    Task SettleAsync(PreparedName name);

    /// <summary>
    /// The branch has obeyed: its rows are not needed any more. Behind its caller's back, in batches; what is lost with the process
    /// is found by recovery.
    /// </summary>
    void Forget(PreparedName name);

    /// <summary>
    /// The branches of this database of which it is not known yet that they have obeyed: none where a database that can prepare transactions, and so
    /// needs no table, has none.
    /// </summary>
    Task<IReadOnlyList<(GroupId Gid, BranchId Branch)>> ListOpenAsync(CancellationToken cancellationToken);
}
