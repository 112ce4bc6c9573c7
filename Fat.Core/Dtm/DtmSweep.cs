using System.Data.Common;
using Fat.Diagnostics;
using Fat.Messages;
using Fat.Protocol;

namespace Fat.Dtm;

/// <summary>Puts transactions into the queue that Redis has lost, or that were stored by a process that died before it could say so. Any instance may do it. One turn at a time.</summary>
internal sealed class DtmSweep(MessageCenter center, IDtmStore store, DtmWork work)
{
    private const int Batch = 200;

    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            MessageId? after = null;
            IReadOnlyList<MessageId> ids;
            do
            {
                ids = await store.OpenAsync(center.Node.Timings.RecoveryInterval, after, Batch, cancellationToken).ConfigureAwait(false);
                foreach (var id in await MissingAsync(ids, DtmWork.DrivingPiece, cancellationToken).ConfigureAwait(false))
                    await RepairAsync(id, cancellationToken).ConfigureAwait(false);
                after = ids.Count > 0 ? ids[^1] : null;
            }
            while (ids.Count == Batch);
        }
        catch (DbException exception)
        {
            // Nothing is lost: the rows are looked at with the next turn.
            FatLog.TransactionsNotSearched(center.Node.Logger, exception);
        }
    }

    private async Task RepairAsync(MessageId id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { Transaction: { IsOver: false } transaction })
            return;
        if ((await MissingAsync([id], _ => DtmWork.Piece(transaction), cancellationToken).ConfigureAwait(false)).Count == 0)
            return;
        await work.PutAsync(transaction, cancellationToken).ConfigureAwait(false);
        FatLog.TransactionRecovered(center.Node.Logger, id.Text);
    }

    private async Task<IReadOnlyList<MessageId>> MissingAsync(IReadOnlyList<MessageId> ids, Func<MessageId, string> piece, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return [];
        var found = await center.Queues.ReadAsync(work.Queue, [.. ids.Select(piece)], cancellationToken).ConfigureAwait(false);
        return [.. ids.Zip(found).Where(pair => pair.Second is null).Select(pair => pair.First)];
    }
}
