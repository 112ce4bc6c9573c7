using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>Finds messages with branches that are neither consumed nor in their queues.</summary>
internal static class QueueSearch
{
    /// <summary>Asks each queue once.</summary>
    public static async Task<IReadOnlySet<MessageId>> MissingAsync(MessageCenter center, IReadOnlyList<MessageRecord> records, CancellationToken cancellationToken)
    {
        var missing = new HashSet<MessageId>();
        var places = records.SelectMany(record => Places(center, record)).GroupBy(place => place.Queue);
        foreach (var queue in places)
        {
            var pieces = queue.ToList();
            var found = await center.Queues.ReadAsync(queue.Key, [.. pieces.Select(piece => piece.Piece)], cancellationToken).ConfigureAwait(false);
            missing.UnionWith(pieces.Zip(found).Where(pair => pair.Second is null).Select(pair => pair.First.Id));
        }

        return missing;
    }

    /// <summary>The branches that need not be done any more.</summary>
    public static HashSet<string> Consumed(MessageRecord record) =>
        record.Branches.Where(note => note.State is BranchState.Consumed or BranchState.Cancelled).Select(note => note.Branch).ToHashSet(StringComparer.Ordinal);

    /// <summary>Where the branches of a message have to be that are not consumed.</summary>
    private static IEnumerable<(QueueName Queue, string Piece, MessageId Id)> Places(MessageCenter center, MessageRecord record)
    {
        if (MessageDocument.Read(record.Origin.Document) is not { } document)
            yield break;
        var consumed = Consumed(record);

        // The deliveries of what waits for its time are not queued yet.
        var waits = document.Delay > 0 && IsWaiting(center, record, document);
        if (waits || document.Calls.Any(branch => !consumed.Contains(branch.Id)))
            yield return (QueueName.Calls(center.Node.Service), record.Id.Text, record.Id);
        if (waits)
            yield break;
        foreach (var branch in document.Deliveries.Where(branch => !consumed.Contains(branch.Id)))
        {
            if (FatName.TryParse(branch.Topic, out var topic) && FatName.TryParse(branch.Group, out var group))
                yield return (QueueName.Deliveries(topic, group), Dispatch.DeliveryId(record.Id, branch.Id), record.Id);
        }
    }

    private static bool IsWaiting(MessageCenter center, MessageRecord record, MessageDocument document) =>
        record.SinceSubmitted is not { } since || since < TimeSpan.FromMilliseconds(document.Delay) + center.Node.Timings.RecoveryInterval;
}
