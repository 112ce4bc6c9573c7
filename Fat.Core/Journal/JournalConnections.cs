using System.Data;
using System.Data.Common;
using Fat.Resources;

namespace Fat.Journal;

/// <summary>
/// Opens a connection outside the pool for each piece of work and closes it: nobody else waits for it, and it waits for nobody
/// (rule L5). Thread-safe.
/// </summary>
internal sealed class JournalConnections(FatDatabase database, IServiceProvider services)
{
    /// <summary>A row that somebody is at is left to him: a replay, another process that recovers, the branch's own transaction.</summary>
    private static readonly TimeSpan LockTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs statements that are committed together. Nothing of them is, when the work throws.</summary>
    public Task<T> TransactAsync<T>(Func<SqlSession, Task<(T Result, bool Commits)>> work, CancellationToken cancellationToken) => UseAsync(
        async (connection, token) =>
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, token).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var session = new SqlSession(connection, transaction, token);
                if (database.Dialect.LockTimeout(LockTimeout) is { } begin)
                    await session.ExecuteAsync(begin).ConfigureAwait(false);
                var (result, commits) = await work(session).ConfigureAwait(false);
                if (commits)
                    await transaction.CommitAsync(token).ConfigureAwait(false);
                return result;
            }
        },
        cancellationToken);

    /// <summary>Runs statements that are committed one by one.</summary>
    public Task<T> RunAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellationToken) =>
        UseAsync((connection, token) => work(new SqlSession(connection, null, token)), cancellationToken);

    private async Task<T> UseAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var reserved = new ReservedConnection(database, services);
        await using (reserved.ConfigureAwait(false))
            return await reserved.OnceAsync(work, cancellationToken).ConfigureAwait(false);
    }
}
