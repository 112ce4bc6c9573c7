using System.Data.Common;

namespace Fat.Messages;

/// <summary>Whether the local transaction of a message's producer has committed. Where it has not begun, it cannot commit any more.</summary>
internal static class ProducerQuery
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <exception cref="TimeoutException">The transaction is still open.</exception>
    public static async Task<bool> HasCommittedAsync(
        BarrierTransaction transaction, FatDialect dialect, FatMessageSql sql, string gid, CancellationToken cancellationToken)
    {
        if (!transaction.IsOwn)
            throw new InvalidOperationException("Whether a message's producer has committed is asked in a transaction of its own: call QueryPreparedAsync outside of any other.");
        if (dialect.LockTimeout(Patience) is { } bound)
            await transaction.ExecuteAsync(bound, [], cancellationToken).ConfigureAwait(false);
        try
        {
            await transaction.ExecuteAsync(sql.RollBack, [gid], cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception) when (dialect.IsLockTimeout(exception))
        {
            // Nothing is written: the producer may still commit.
            throw new TimeoutException($"The local transaction of message {gid} is still open: ask again later.", exception);
        }

        // No row: it was there when the insert found it, and has been deleted since, so the message has ended.
        var reason = await transaction.QueryAsync(sql.Read, [gid], cancellationToken).ConfigureAwait(false) as string;
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        if (reason == FatMessageSql.RolledBack)
            return false;
        await transaction.ConfirmAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }
}
