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
internal sealed class MessageSweep(MessageCenter center, Dispatch dispatch, MessagePurge purge)
{
    private const int Batch = 200;

    /// <summary>How many are sent to Redis at the same time: a part of what a connection carries.</summary>
    private const int Together = 50;

    /// <summary>A branch that is neither consumed nor queued is looked for in messages that are older than so many recovery intervals.</summary>
    private const int RepairAge = 3;

    private readonly StaleRecords _stale = new(center);
    private long? _searched;

    private Node Node => center.Node;

    public async Task TurnAsync(CancellationToken cancellationToken)
    {
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
        await _stale.TurnAsync(cancellationToken).ConfigureAwait(false);
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
            await rows.EnsureTableAsync(cancellationToken).ConfigureAwait(false);
            MessageId? after = null;
            IReadOnlyList<(MessageId Id, TimeSpan Age)> stored;
            do
            {
                stored = await rows.ListAsync(MadeMessage.ReasonOf(Node.Service.Text), Node.Timings.RecoveryInterval, after, Batch, cancellationToken).ConfigureAwait(false);
                await CompareAsync([.. stored.Where(one => !purge.HasEnded(new MessagePlace(one.Id, rows.Database.Name)))], rows, cancellationToken).ConfigureAwait(false);
                after = stored.Count > 0 ? stored[^1].Id : null;
            }
            while (stored.Count == Batch);
        }
        catch (DbException exception)
        {
            // Nothing is lost: the rows are looked at with the next turn.
            FatLog.DatabaseNotSearched(Node.Logger, rows.Database.Name, exception);
        }
    }

    /// <summary>A record that is missing says nothing (rule S6): the row does, unless the message is known to have ended: its record has expired then.</summary>
    private async Task CompareAsync(IReadOnlyList<(MessageId Id, TimeSpan Age)> stored, MessageRows rows, CancellationToken cancellationToken)
    {
        if (stored.Count == 0)
            return;
        var underWay = new List<MessageRecord>();
        var lost = new List<(MessageId, TimeSpan)>();
        var records = await center.Records.ReadAsync(Node.Service, [.. stored.Select(one => one.Id)], cancellationToken).ConfigureAwait(false);
        foreach (var ((id, age), record) in stored.Zip(records))
        {
            if (record is null or { State: MessageState.Prepared } or { State: MessageState.Cancelled, Submitted: null })
                lost.Add((id, age));
            else if (record.State is MessageState.Consumed or MessageState.Cancelled)
                purge.Ended(new MessagePlace(id, rows.Database.Name));
            else
                underWay.Add(record);
        }

        await SubmitFromRowsAsync(await NotEndedAsync(lost, rows, cancellationToken).ConfigureAwait(false), rows, cancellationToken).ConfigureAwait(false);
        await RepairAsync(underWay, stored, rows, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<(MessageId Id, TimeSpan Age)>> NotEndedAsync(List<(MessageId Id, TimeSpan Age)> lost, MessageRows rows, CancellationToken cancellationToken)
    {
        if (lost.Count == 0)
            return lost;
        var ended = await center.Records.EndedAmongAsync(Node.Service, [.. lost.Select(one => Place(one.Id))], cancellationToken).ConfigureAwait(false);
        return [.. lost.Where(one => !ended.Contains(Place(one.Id)))];

        MessagePlace Place(MessageId id) => new(id, rows.Database.Name);
    }

    /// <summary>All together: after Redis was lost these are all messages that are under way, and they wait. Of a delay there is as much left as the age of the row says.</summary>
    private async Task SubmitFromRowsAsync(IEnumerable<(MessageId Id, TimeSpan Age)> messages, MessageRows rows, CancellationToken cancellationToken)
    {
        foreach (var batch in messages.Chunk(Together))
        {
            var found = await rows.ReadAsync([.. batch.Select(message => message.Id)], cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(
                batch.Zip(found).Where(pair => pair.Second is { IsRolledBack: false })
                    .Select(pair => SubmitAsync(pair.First.Id, pair.Second!, rows, pair.First.Age, cancellationToken))).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A branch that is neither consumed nor queued was lost with a part of Redis. And the row comes to know what is consumed, for when the rest is lost: barriers of subscribers do not last for ever.
    /// </summary>
    private async Task RepairAsync(List<MessageRecord> records, IReadOnlyList<(MessageId Id, TimeSpan Age)> stored, MessageRows rows, CancellationToken cancellationToken)
    {
        var (suspects, setAside) = await QueueSearch.FindAsync(center, records, cancellationToken).ConfigureAwait(false);
        if (setAside.Count > 0)
            await center.Records.TellAsync(Node.Service, setAside, center.Options.RecordsKept, cancellationToken).ConfigureAwait(false);
        if (suspects.Count > 0)
        {
            // Consumed in between, perhaps.
            var again = await center.Records.ReadAsync(Node.Service, [.. suspects], cancellationToken).ConfigureAwait(false);
            var missing = await QueueSearch.MissingAsync(center, [.. again.OfType<MessageRecord>()], cancellationToken).ConfigureAwait(false);
            await SubmitFromRowsAsync(stored.Where(one => missing.Contains(one.Id)), rows, cancellationToken).ConfigureAwait(false);
        }

        var old = records.Where(record => record.SinceSubmitted > Node.Timings.RecoveryInterval * RepairAge);
        await RememberAsync([.. old], rows, cancellationToken).ConfigureAwait(false);
    }

    private static async Task RememberAsync(IReadOnlyList<MessageRecord> records, MessageRows rows, CancellationToken cancellationToken)
    {
        var news = records.Select(record => (record.Id, Consumed: QueueSearch.Consumed(record), Told: MessageDocument.Read(record.Origin.Document)?.Done ?? []))
            .Where(one => !one.Consumed.IsSubsetOf(one.Told)).ToList();
        if (news.Count == 0)
            return;
        var found = await rows.ReadAsync([.. news.Select(one => one.Id)], cancellationToken).ConfigureAwait(false);
        var changes = new List<(MessageId, string)>();
        foreach (var ((id, consumed, _), row) in news.Zip(found))
        {
            if (MessageDocument.Read(row?.Payload) is { } stored && !consumed.IsSubsetOf(stored.Done ?? []))
                changes.Add((id, (stored with { Done = [.. consumed.Concat(stored.Done ?? []).Distinct(StringComparer.Ordinal)] }).Write()));
        }

        if (changes.Count > 0)
            await rows.ChangeAsync(changes, cancellationToken).ConfigureAwait(false);
    }

    private async Task SubmitAsync(MessageId id, MessageRow row, MessageRows rows, TimeSpan age, CancellationToken cancellationToken)
    {
        if (MessageDocument.Read(row.Payload) is not { } document || document.Service != Node.Service.Text)
            return;
        await dispatch.SubmitAgainAsync(new MadeMessage(id, document, row.Payload!, rows), age, cancellationToken).ConfigureAwait(false);
        FatLog.MessageRecovered(Node.Logger, id);
    }
}
