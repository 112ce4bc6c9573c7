using Fat.Diagnostics;
using Fat.Messages;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Dtm;

/// <summary>
/// The pieces of work of global transactions. One that is prepared has one that asks when its time is over, one that is under way has another that drives it: what begins anew never waits for what is ending. Thread-safe.
/// </summary>
internal sealed class DtmWork(MessageCenter center)
{
    private const string Asking = "/ask";
    private const string Driving = "/run";

    public QueueName Queue { get; } = QueueName.Transactions(center.Node.Service);

    public static string Piece(DtmTransaction transaction) => transaction.Gid + (transaction.Status == DtmStatus.Prepared ? Asking : Driving);

    public static string DrivingPiece(MessageId id) => id.Text + Driving;

    /// <summary>Puts what drives a transaction into the queue, unless it is there. When Redis is away the sweep does it.</summary>
    public async Task PutAsync(DtmTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction.IsOver)
            return;
        try
        {
            await center.Queues.PutAsync(Queue, [new WorkItem(Piece(transaction), transaction.Gid) { Delay = Delay(transaction) }], cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // Stored: nothing is lost.
            FatLog.TransactionNotQueued(center.Node.Logger, transaction.Gid, exception);
        }
    }

    /// <summary>Makes it due at once.</summary>
    public async Task HurryAsync(DtmTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            if (!await center.Queues.RetryNowAsync(Queue, Piece(transaction), cancellationToken).ConfigureAwait(false))
                await PutAsync(transaction, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // Stored: the sweep finds that its piece is missing, or the piece goes on when its pause is over.
            FatLog.TransactionNotQueued(center.Node.Logger, transaction.Gid, exception);
        }
    }

    /// <summary>A prepared transaction need not be asked for any more. Lost, it does no harm.</summary>
    public Task ForgetAskingAsync(DtmTransaction transaction, CancellationToken cancellationToken) => ForgetAsync(transaction, [Asking], cancellationToken);

    /// <summary>It has ended: whoever works on it finds that out.</summary>
    public Task ForgetAsync(DtmTransaction transaction, CancellationToken cancellationToken) => ForgetAsync(transaction, [Asking, Driving], cancellationToken);

    private async Task ForgetAsync(DtmTransaction transaction, IReadOnlyList<string> kinds, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var kind in kinds)
                await center.Queues.RemoveAsync(Queue, transaction.Gid + kind, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // Stored: whoever takes the piece finds that there is nothing to do.
            FatLog.TransactionNotQueued(center.Node.Logger, transaction.Gid, exception);
        }
    }

    private TimeSpan Delay(DtmTransaction transaction)
    {
        var now = center.Node.Time.GetUtcNow();
        var due = transaction.Next ?? (transaction.Status == DtmStatus.Prepared ? transaction.Created + DtmTransition.TimeoutOf(transaction, center.Options.TimeoutToFail) : transaction.Due);
        return due > now ? due - now : TimeSpan.Zero;
    }
}
