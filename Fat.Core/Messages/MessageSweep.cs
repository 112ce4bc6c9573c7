using System.Data.Common;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Faults;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>
/// Makes good what crashes and Redis have lost of messages, from their rows: a message whose local transaction has committed is submitted, one whose has not is cancelled. Any instance of the service
/// may do it, several at once too. One turn at a time.
/// </summary>
internal sealed class MessageSweep(MessageCenter center, Dispatch dispatch, MessagePurge purge, bool createTable)
{
    private const int Batch = 200;

    /// <summary>A branch that is neither consumed nor queued is looked for in messages that are older than so many recovery intervals.</summary>
    private const int RepairAge = 3;

    private long? _searched;

    private Node Node => center.Node;

    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        center.Participant.Ends.Forget();
        foreach (var place in await center.Records.TakeOverdueAsync(Node.Service, Batch, Node.Timings.RecoveryInterval, cancellationToken).ConfigureAwait(false))
        {
            if (center.Stores.Find(place.Database) is { } rows)
                await SettleAsync(place.Id, rows, cancellationToken).ConfigureAwait(false);
        }

        await purge.TurnAsync(cancellationToken).ConfigureAwait(false);
        if (_searched is { } last && Node.Time.GetElapsedTime(last) < Node.Timings.RecoveryInterval)
            return;
        _searched = Node.Time.GetTimestamp();
        foreach (var rows in center.Stores.Tables)
            await SearchAsync(rows, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>DTM's query-prepared: a message that was prepared and never submitted.</summary>
    private async Task SettleAsync(MessageId id, MessageRows rows, CancellationToken cancellationToken)
    {
        try
        {
            await Node.Faults.BeforeAsync(FaultPoint.SettleMessage).ConfigureAwait(false);
            var row = await rows.SettleAsync(id, cancellationToken).ConfigureAwait(false);
            await Node.Faults.AfterAsync(FaultPoint.SettleMessage).ConfigureAwait(false);
            if (row is null)
                return;
            if (!row.IsRolledBack)
            {
                await SubmitAsync(id, row, rows, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
                return;
            }

            var reason = $"Its local transaction had not committed {center.Options.TimeoutToFail.TotalSeconds:0} s after it was prepared (Fat:Messages:TimeoutToFail).";
            await center.Records.CancelAsync(Node.Service, id, reason, cancellationToken).ConfigureAwait(false);
            FatLog.MessageCancelled(Node.Logger, id);
        }
        catch (DbException exception)
        {
            // In doubt: asked again after a pause.
            FatLog.DatabaseNotSearched(Node.Logger, rows.Database.Name, exception);
        }
    }

    /// <summary>Looks at every row that is older than a submission takes.</summary>
    private async Task SearchAsync(MessageRows rows, CancellationToken cancellationToken)
    {
        try
        {
            if (createTable)
                await rows.EnsureTableAsync(cancellationToken).ConfigureAwait(false);
            MessageId? after = null;
            IReadOnlyList<MessageId> ids;
            do
            {
                ids = await rows.ListAsync(MadeMessage.ReasonOf(Node.Service.Text), Node.Timings.RecoveryInterval, after, Batch, cancellationToken).ConfigureAwait(false);
                await CompareAsync(ids, rows, cancellationToken).ConfigureAwait(false);
                after = ids.Count > 0 ? ids[^1] : null;
            }
            while (ids.Count == Batch);
        }
        catch (DbException exception)
        {
            // Nothing is lost: the rows are looked at with the next turn.
            FatLog.DatabaseNotSearched(Node.Logger, rows.Database.Name, exception);
        }
    }

    /// <summary>A record that is missing says nothing (rule S6): the row does.</summary>
    private async Task CompareAsync(IReadOnlyList<MessageId> ids, MessageRows rows, CancellationToken cancellationToken)
    {
        var underWay = new List<MessageRecord>();
        var records = await center.Records.ReadAsync(Node.Service, ids, cancellationToken).ConfigureAwait(false);
        foreach (var (id, record) in ids.Zip(records))
        {
            if (record is null or { State: MessageState.Prepared } or { State: MessageState.Cancelled, Submitted: null })
                await SubmitFromRowAsync(id, rows, cancellationToken).ConfigureAwait(false);
            else if (record.State is MessageState.Consumed or MessageState.Cancelled)
                purge.Ended(new MessagePlace(id, rows.Database.Name));
            else
                underWay.Add(record);
        }

        await RepairAsync(underWay, rows, cancellationToken).ConfigureAwait(false);
    }

    private async Task SubmitFromRowAsync(MessageId id, MessageRows rows, CancellationToken cancellationToken)
    {
        if (await rows.ReadAsync(id, cancellationToken).ConfigureAwait(false) is { IsRolledBack: false } row)
            await SubmitAsync(id, row, rows, Node.Timings.RecoveryInterval, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A branch that is neither consumed nor queued was lost with a part of Redis. And the row comes to know what is consumed, for when the rest is lost: barriers of subscribers do not last for ever.
    /// </summary>
    private async Task RepairAsync(List<MessageRecord> records, MessageRows rows, CancellationToken cancellationToken)
    {
        var suspects = await QueueSearch.MissingAsync(center, records, cancellationToken).ConfigureAwait(false);
        if (suspects.Count > 0)
        {
            // Consumed in between, perhaps.
            var again = await center.Records.ReadAsync(Node.Service, [.. suspects], cancellationToken).ConfigureAwait(false);
            foreach (var record in await QueueSearch.MissingAsync(center, [.. again.OfType<MessageRecord>()], cancellationToken).ConfigureAwait(false))
                await SubmitFromRowAsync(record, rows, cancellationToken).ConfigureAwait(false);
        }

        foreach (var record in records)
        {
            var consumed = QueueSearch.Consumed(record);
            if (consumed.Count > 0 && record.Submitted is { } submitted && Node.Time.GetUtcNow() - submitted > Node.Timings.RecoveryInterval * RepairAge)
                await RememberAsync(record, consumed, rows, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task RememberAsync(MessageRecord record, HashSet<string> consumed, MessageRows rows, CancellationToken cancellationToken)
    {
        if (consumed.IsSubsetOf(MessageDocument.Read(record.Origin.Document)?.Done ?? []))
            return;
        if (await rows.ReadAsync(record.Id, cancellationToken).ConfigureAwait(false) is not { Payload: { } payload } || MessageDocument.Read(payload) is not { } stored || consumed.IsSubsetOf(stored.Done ?? []))
            return;
        await rows.ChangeAsync(record.Id, (stored with { Done = [.. consumed.Concat(stored.Done ?? []).Distinct(StringComparer.Ordinal)] }).Write(), cancellationToken).ConfigureAwait(false);
    }

    private async Task SubmitAsync(MessageId id, MessageRow row, MessageRows rows, TimeSpan age, CancellationToken cancellationToken)
    {
        if (MessageDocument.Read(row.Payload) is not { } document || document.Service != Node.Service.Text)
            return;
        await dispatch.SubmitAgainAsync(new MadeMessage(id, document, row.Payload!, rows), age, cancellationToken).ConfigureAwait(false);
        FatLog.MessageRecovered(Node.Logger, id);
    }
}
