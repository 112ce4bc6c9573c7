using System.Data;
using System.Data.Common;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Resources;

/// <summary>
/// A connection that is kept open for finishing branches, so that their COMMIT never waits behind business work for a place in
/// the pool (rule L5). Used by one flow at a time; opened again after a failure.
/// </summary>
internal sealed class ReservedConnection(FatDatabase database, IServiceProvider services) : IAsyncDisposable
{
    /// <summary>A connection that was idle for longer is looked at before it is used: a decision that finds it dead would be in doubt.</summary>
    private static readonly TimeSpan TrustedIdle = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private DbConnection? _connection;
    private long _used;

    /// <summary>
    /// Runs work on the open connection. When it throws, the connection is given up and the next use opens another. Work that loses
    /// the connection, as in a restart of the server, runs once more on another one, whatever the first attempt has done:
    /// <see cref="OnceAsync"/> is for work that must not.
    /// </summary>
    public async Task<T> UseAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await TimedAsync(work, connection, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException lost) when (!database.Dialect.IsRefusal(lost))
        {
            // Done or not: the second attempt finds what the first one did.
            await DisposeAsync().ConfigureAwait(false);
        }
        catch
        {
            // Nothing was committed, or the caller asks again.
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return await OnceAsync(work, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same without a second attempt.</summary>
    public async Task<T> OnceAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await TimedAsync(work, connection, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // What was running may have happened or not: the caller is told so.
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        var connection = _connection;
        _connection = null;
        if (connection is not null)
            await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<DbConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is { } idle && !await IsUsableAsync(idle, cancellationToken).ConfigureAwait(false))
            await DisposeAsync().ConfigureAwait(false);
        return _connection ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsUsableAsync(DbConnection idle, CancellationToken cancellationToken) =>
        idle.State == ConnectionState.Open
        && (_time.GetElapsedTime(_used) <= TrustedIdle || await AnswersAsync(idle, cancellationToken).ConfigureAwait(false));

    private async Task<T> TimedAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, DbConnection connection, CancellationToken cancellationToken)
    {
        var result = await work(connection, cancellationToken).ConfigureAwait(false);
        _used = _time.GetTimestamp();
        return result;
    }

    private static async Task<bool> AnswersAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var probe = connection.CreateCommand();
        await using (probe.ConfigureAwait(false))
        {
            probe.CommandText = "SELECT 1";
            try
            {
                await probe.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (DbException)
            {
                // Nothing was asked of it yet.
                return false;
            }
        }
    }

    /// <summary>Asked where the connection string names several servers, one of which was chosen.</summary>
    private async Task<bool> IsStandbyAsync(DbConnection connection, CancellationToken cancellationToken) =>
        DatabasePlace.Of(connection.ConnectionString).Contains(',') && database.Dialect.IsStandby is { } question && await new SqlSession(connection, transaction: null, cancellationToken).IsTrueAsync(question).ConfigureAwait(false);

    private async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var pooled = database.Connect(services);
        ExceptionDispatchInfo? refused = null;
        if (database.Dialect.Reserved(pooled) is { } reserved)
        {
            try
            {
                await reserved.OpenAsync(cancellationToken).ConfigureAwait(false);
                if (!await IsStandbyAsync(reserved, cancellationToken).ConfigureAwait(false))
                {
                    await pooled.DisposeAsync().ConfigureAwait(false);
                    return reserved;
                }

                // Of several servers a data source may know which is the primary, which the connection string does not tell either.
                await reserved.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // Nothing was asked of it yet.
                await reserved.DisposeAsync().ConfigureAwait(false);
                if (exception is OperationCanceledException)
                {
                    await pooled.DisposeAsync().ConfigureAwait(false);
                    throw;
                }

                // A data source may know a password that the connection string does not tell: take one of its own connections.
                refused = ExceptionDispatchInfo.Capture(exception);
            }
        }

        try
        {
            await pooled.OpenAsync(cancellationToken).ConfigureAwait(false);

            // The pool may have had one that is dead, which tells nothing of the server.
            if (refused is not null && !await AnswersAsync(pooled, cancellationToken).ConfigureAwait(false))
                refused.Throw();
            return pooled;
        }
        catch
        {
            await pooled.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
