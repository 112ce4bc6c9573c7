using System.Data.Common;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Faults;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Messages;

/// <summary>
/// Takes a message through its two phases: prepared in Redis, stored in the local transaction, submitted when that has committed. Only the row makes it a message; whatever
/// of the rest is lost is made good by <see cref="MessageSweep"/>. Thread-safe.
/// </summary>
internal sealed class Submission(MessageCenter center, Dispatch dispatch)
{
    private static readonly TimeSpan ToldAfter = TimeSpan.FromMilliseconds(50);

    private Node Node => center.Node;

    /// <summary>The database of the <c>[FatTransaction]</c> method that the current flow is inside of, or null.</summary>
    public static FatName? RunningDatabase => BranchFrame.Current?.Database;

    /// <summary>Sent, not waited for: it tells operators of a message that may never be, and Redis may be away. A transaction that is over at once is not told of before.</summary>
    public Preparation Prepare(MadeMessage message) => new(() => TellPrepared(message), ToldAfter, Node.Time);

    /// <summary>Stores a message in a <c>[FatTransaction]</c> method's transaction, with some work.</summary>
    public async Task EnlistAsync(MadeMessage message, DbTransaction transaction, Func<Task> work, CancellationToken cancellationToken)
    {
        TellPrepared(message);
        await InsertAsync(message, transaction.Connection!, transaction, cancellationToken).ConfigureAwait(false);
        Follow(message);
        await work().ConfigureAwait(false);
    }

    /// <summary>Stores a message in the transaction of the <c>[FatTransaction]</c> method that is running.</summary>
    public async Task EnlistAsync(MadeMessage message, CancellationToken cancellationToken)
    {
        if (FatLocalTransaction.Current is { } current)
        {
            await EnlistAsync(message, current.Transaction, static () => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Ambient: the driver hands back the connection that is enlisted.
        TellPrepared(message);
        var connection = message.Rows.Database.Connect(center.Services);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await InsertAsync(message, connection, null, cancellationToken).ConfigureAwait(false);
        }

        Follow(message);
    }

    /// <summary>Does the local work and stores the message in one transaction of its own.</summary>
    public async Task TransactAsync(MadeMessage message, Preparation preparation, DbConnection connection, Func<DbTransaction, Task> work, CancellationToken cancellationToken)
    {
        var transaction = await BarrierTransaction.BeginAsync(connection, message.Rows.Database.Dialect, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
            await DoAsync(message, preparation, transaction, () => work(transaction.Transaction), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does the local work in a transaction that has begun, with the message's row first and the commit last, and submits.</summary>
    public async Task DoAsync(MadeMessage message, Preparation preparation, BarrierTransaction transaction, Func<Task> work, CancellationToken cancellationToken)
    {
        var began = Node.Time.GetTimestamp();
        try
        {
            await Node.Faults.BeforeAsync(FaultPoint.StoreMessage).ConfigureAwait(false);
            await InsertAsync(message, transaction.Transaction.Connection!, transaction.Transaction, cancellationToken).ConfigureAwait(false);
            await work().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception exception)
        {
            // Rolled back: no COMMIT was sent.
            preparation.Tell();
            Cancel(message, exception);
            throw;
        }

        await CommitAsync(message, preparation, transaction, began).ConfigureAwait(false);
        preparation.Dispose();
        await SubmitAsync(message).ConfigureAwait(false);
    }

    /// <summary>The local transaction has committed. Does not throw: a message that cannot be submitted now is by recovery.</summary>
    public async Task SubmitAsync(MadeMessage message)
    {
        try
        {
            await dispatch.SubmitAsync(message, CancellationToken.None).ConfigureAwait(false);
            FatMeter.MessageEnded(Node.Service, "submitted");
        }
        catch (RegistryUnavailableException exception)
        {
            // Committed: the row is there, and recovery submits it.
            FatLog.NotSubmitted(Node.Logger, message.Id, exception);
        }
    }

    /// <summary>The commit is sent whatever the caller's token says: half a wish to stop is not worth a doubt.</summary>
    private async Task CommitAsync(MadeMessage message, Preparation preparation, BarrierTransaction transaction, long began)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            await Node.Faults.AfterAsync(FaultPoint.StoreMessage).ConfigureAwait(false);
        }
        catch (Exception exception) when (FatDatabase.Failure(exception) is { } failure && message.Rows.Database.Dialect.IsRefusal(failure))
        {
            // Rolled back: the server says so itself.
            preparation.Tell();
            Cancel(message, exception);
            throw;
        }
        catch (Exception exception)
        {
            // In doubt, until the row tells.
            preparation.Tell();
            if (await SettleAsync(message.Id, message.Rows, began).ConfigureAwait(false) is not { } row)
                throw new FatInDoubtException(message.Id.Text, $"it is not known what became of the COMMIT of the message's local transaction ({exception.Message})", exception);
            if (!row.IsRolledBack)
            {
                // Else this one was rolled back, and another attempt has done the work since.
                if (message.Has(row))
                    return;
                throw Duplicate(message.Id, exception);
            }

            Cancel(message, exception);
            throw;
        }
    }

    /// <summary>The row, which nobody but a repetition changes any more; null when that cannot be told within WaitCommit, or so late that it may have come and gone.</summary>
    private async Task<MessageRow?> SettleAsync(MessageId id, MessageRows rows, long began)
    {
        using var bounded = new Cancellation(Node.Background, Node.Timings.WaitCommit, Node.Time);
        while (!bounded.IsRequested)
        {
            try
            {
                if (await rows.SettleAsync(id, bounded.Token).WaitAsync(bounded.Token).ConfigureAwait(false) is { } row)
                    return row.IsRolledBack && Node.Time.GetElapsedTime(began) >= Node.Timings.AbsenceTrusted ? null : row;
                await Task.Delay(Node.Timings.CommitPollInterval, Node.Time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (DbException)
            {
                // Still in doubt: asked again.
                await Task.Delay(Node.Timings.CommitPollInterval, Node.Time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Still in doubt, and out of time.
            }
        }

        return null;
    }

    private async Task InsertAsync(MadeMessage message, DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        if (await message.Rows.InsertAsync(connection, transaction, message.Id, message.Reason, message.Text, cancellationToken).ConfigureAwait(false))
            return;
        var row = await message.Rows.ReadAsync(message.Id, cancellationToken).ConfigureAwait(false);
        throw row is { IsRolledBack: false }
            ? Duplicate(message.Id, null)
            : new FatMessageRefusedException(
                message.Id.Text, FatMessageRefusal.Cancelled,
                $"Message {message.Id} was cancelled before: its local transaction had not stored it {center.Options.TimeoutToFail.TotalSeconds:0} s after it was prepared (Fat:Messages:TimeoutToFail). " +
                "Nothing was done; use another id, or a longer time.");
    }

    private static FatMessageRefusedException Duplicate(MessageId id, Exception? inner) =>
        new(id.Text, FatMessageRefusal.Duplicate, $"Message {id} has been submitted before: its local work is done. Nothing was done again.", inner);

    /// <summary>
    /// Its own transaction, and not its group: the group can be committed without this branch (rule S8), or before it has obeyed, and it may be lost then, to a replay that makes a message of its own.
    /// </summary>
    private void Follow(MadeMessage message) => BranchFrame.Current!.Follow(decision =>
    {
        if (decision == Decision.Committed)
            _ = Node.Background.Start(() => SubmitAsync(message));
        else
            Cancel(message, null);
    });

    private void Cancel(MadeMessage message, Exception? exception)
    {
        FatMeter.MessageEnded(Node.Service, "cancelled");
        var reason = exception is null ? "Its group is rolled back." : $"{exception.GetType().Name}: {exception.Message}";
        Tell(message.Id, () => center.Records.CancelAsync(Node.Service, message.Id, reason, CancellationToken.None));
    }

    private void TellPrepared(MadeMessage message) => Tell(
        message.Id, () => center.Records.PrepareAsync(Node.Service, message.Id, message.Origin, center.Options.TimeoutToFail, CancellationToken.None));

    private void Tell(MessageId id, Func<ValueTask> news) => _ = TellAsync(id, news);

    private async Task TellAsync(MessageId id, Func<ValueTask> news)
    {
        try
        {
            await news().ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // Nothing is decided by it: the row tells.
            FatLog.MessageNotTold(Node.Logger, id, exception);
        }
    }
}
