using System.Data.Common;

namespace Fat.Resources;

/// <summary>Asks a database who holds the locks that its sessions wait for, one question at a time, on connections outside of the pool. Thread-safe.</summary>
internal sealed class LockHolders(FatDatabase database, IServiceProvider services)
{
    private readonly OneAtATime _asking = new(database.Background);

    /// <summary>The holder of what a session waits for now; null when it waits for nothing, or when that cannot be told.</summary>
    public async Task<LockHolder?> FindAsync(string session, CancellationToken cancellationToken)
    {
        if (database.Dialect.LockHolders is not { } query)
            return null;
        await _asking.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var connection = new ReservedConnection(database, services);
            await using (connection.ConfigureAwait(false))
                return await connection.OnceAsync((open, token) => AskAsync(open, query, session, token), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _asking.Leave();
        }
    }

    private static async Task<LockHolder?> AskAsync(DbConnection connection, string query, string session, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = query;
            command.AddParameters([session]);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                    ? LockHolder.Of(Text(reader, 0), Text(reader, 1), Text(reader, 2))
                    : null;
            }
        }
    }

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
