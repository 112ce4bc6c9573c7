using Npgsql;

namespace Fat.Torture.Service;

/// <summary>Works on the branch's connection, or, where the database is ambient, on one that is enlisted.</summary>
public sealed class Ledger(LedgerDatabase database, Messenger messenger) : ILedger
{
    [FatTransaction]
    public Task EnterAsync(Guid op, int leg, int account, long amount, bool publishes, CancellationToken cancellationToken) =>
        WriteAsync(op, leg, account, amount, publishes, cancellationToken);

    [FatTransaction(Join = FatJoin.Group)]
    public Task EnterJoinedAsync(Guid op, int leg, int account, long amount, bool publishes, CancellationToken cancellationToken) =>
        WriteAsync(op, leg, account, amount, publishes, cancellationToken);

    [FatTransaction(Database = LedgerDatabase.Held, Replay = true)]
    public Task EnterHeldAsync(Guid op, int leg, int account, long amount, bool publishes, CancellationToken cancellationToken) =>
        WriteAsync(op, leg, account, amount, publishes, cancellationToken);

    private async Task WriteAsync(Guid op, int leg, int account, long amount, bool publishes, CancellationToken cancellationToken)
    {
        if (FatLocalTransaction.Current is { } branch)
        {
            if (publishes)
            {
                var message = messenger.Moved(op, leg, out var called);
                await message.DoAndSubmitAsync(
                    branch.Connection,
                    transaction => Messenger.NoteAsync(branch.Connection, transaction, op, leg, called, poison: false, message.Gid, cancellationToken),
                    cancellationToken);
            }

            await WriteAsync((NpgsqlConnection)branch.Connection, (NpgsqlTransaction)branch.Transaction, op, leg, account, amount, cancellationToken);
            return;
        }

        string? ambientCalled = null;
        var ambient = publishes ? messenger.Moved(op, leg, out ambientCalled) : null;
        await using (var connection = new NpgsqlConnection(database.ConnectionString))
        {
            await connection.OpenAsync(cancellationToken);
            await WriteAsync(connection, null, op, leg, account, amount, cancellationToken);
            if (ambient is not null)
                await Messenger.NoteAsync(connection, null, op, leg, ambientCalled!, poison: false, ambient.Gid, cancellationToken);
        }

        if (ambient is not null)
            await ambient.SubmitAsync(cancellationToken);
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Guid op, int leg, int account, long amount, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                Command("UPDATE accounts SET balance = balance + $1 WHERE id = $2", amount, account),
                Command(
                    "INSERT INTO ledger (gid, op, leg, account, amount) VALUES ($1, $2, $3, $4, $5)",
                    FatContext.Current!.Gid, op, leg, account, amount),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.AddWithValue(value);
        return command;
    }
}
