using System.Data.Common;

namespace Fat.Resources;

/// <summary>
/// A connection that is kept open for finishing branches, so that their COMMIT never waits behind business work for a place in
/// the pool (rule L5). Used by one flow at a time; opened again after a failure.
/// </summary>
internal sealed class ReservedConnection(FatDatabase database, IServiceProvider services) : IAsyncDisposable
{
    private DbConnection? _connection;

    /// <summary>Runs work on the open connection. When it throws, the connection is given up and the next use opens another.</summary>
    public async Task<T> UseAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        _connection ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await work(_connection, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // What was running may have happened or not: the callers' statements can all be repeated.
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

    private async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var pooled = database.Connect(services);
        if (database.Dialect.Reserved(pooled) is { } reserved)
        {
            try
            {
                await reserved.OpenAsync(cancellationToken).ConfigureAwait(false);
                await pooled.DisposeAsync().ConfigureAwait(false);
                return reserved;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // A data source may know a password that the connection string does not tell: take one of its own connections.
                await reserved.DisposeAsync().ConfigureAwait(false);
            }
        }

        try
        {
            await pooled.OpenAsync(cancellationToken).ConfigureAwait(false);
            return pooled;
        }
        catch
        {
            await pooled.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
