using System.Data.Common;

namespace Fat.Resources;

/// <summary>
/// Statements that commit or prepare, whose success is believed only when the server's synchronous standbys have it too. A server that is told to stop waiting for them (a statement that is cancelled, as drivers do when their
/// time-out is over) answers with success, and a warning that most drivers keep to themselves.
/// </summary>
internal static class ReplicatedCommit
{
    private const string GaveUp =
        "The server stopped waiting for its synchronous standbys (its statement was cancelled, as by the driver's Command Timeout): what it has committed may be lost in a failover.";

    /// <summary>Runs them, and asks once more where the server has given up waiting.</summary>
    /// <exception cref="UnreplicatedCommitException">It gave up again, or could not be asked.</exception>
    public static async Task<T> RunAsync<T>(FatDialect dialect, DbConnection connection, Func<Task<T>> commit, CancellationToken cancellationToken)
    {
        var gaveUp = false;
        T result;
        using (dialect.OnUnreplicated(connection, () => gaveUp = true))
            result = await commit().ConfigureAwait(false);
        if (gaveUp)
            await ConfirmOwnAsync(dialect, connection, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(FatDialect dialect, DbConnection connection, Func<Task> commit, CancellationToken cancellationToken) => RunAsync(
        dialect,
        connection,
        async () =>
        {
            await commit().ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Returns when the standbys have all that was committed before. For who finds something committed, without knowing how its COMMIT was answered.</summary>
    /// <param name="dialect">The server's.</param>
    /// <param name="connection">An open connection, without a transaction.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="UnreplicatedCommitException">The server gave up waiting for them.</exception>
    /// <exception cref="DbException">The database failed: nothing is known.</exception>
    public static async Task ConfirmAsync(FatDialect dialect, DbConnection connection, CancellationToken cancellationToken)
    {
        var gaveUp = false;
        using (dialect.OnUnreplicated(connection, () => gaveUp = true))
            await dialect.ConfirmCommitsAsync(connection, cancellationToken).ConfigureAwait(false);
        if (gaveUp)
            throw new UnreplicatedCommitException(GaveUp);
    }

    private static async Task ConfirmOwnAsync(FatDialect dialect, DbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await ConfirmAsync(dialect, connection, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not UnreplicatedCommitException)
        {
            // In doubt: the question was refused, or lost. That says nothing of what was committed before it.
            throw new UnreplicatedCommitException(GaveUp, exception);
        }
    }
}
