using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>Finds messages with branches that are neither consumed nor in their queues.</summary>
internal static class QueueSearch
{
    /// <summary>Asks each queue once.</summary>
    public static async Task<IReadOnlySet<MessageId>> MissingAsync(MessageCenter center, IReadOnlyList<MessageRecord> records, CancellationToken cancellationToken)
    {
        var places = records.SelectMany(record => Places(center, record)).ToList();
        var found = new HashSet<(MessageId Id, string Branch)>();
        foreach (var queue in places.GroupBy(place => place.Queue))
        {
            var pieces = queue.GroupBy(place => place.Piece, StringComparer.Ordinal).ToList();
            var views = await center.Queues.ReadAsync(queue.Key, [.. pieces.Select(piece => piece.Key)], cancellationToken).ConfigureAwait(false);
            found.UnionWith(pieces.Zip(views).Where(pair => pair.Second is not null).SelectMany(pair => pair.First).Select(place => (place.Id, place.Branch)));
        }

        return places.Where(place => !found.Contains((place.Id, place.Branch))).Select(place => place.Id).ToHashSet();
    }

    /// <summary>The branches that need not be done any more.</summary>
    public static HashSet<string> Consumed(MessageRecord record) =>
        record.Branches.Where(note => note.State is BranchState.Consumed or BranchState.Cancelled).Select(note => note.Branch).ToHashSet(StringComparer.Ordinal);

    /// <summary>Where the branches of a message are that are not consumed: each in one of its places.</summary>
    private static IEnumerable<(QueueName Queue, string Piece, MessageId Id, string Branch)> Places(MessageCenter center, MessageRecord record)
    {
        if (MessageDocument.Read(record.Origin.Document) is not { } document)
            yield break;
        var consumed = Consumed(record);

        // The deliveries of what waits for its time are not queued yet; an operator may have let them begin before.
        var waits = document.Delay > 0 && IsWaiting(center, record, document);
        foreach (var branch in document.Branches.Where(branch => !consumed.Contains(branch.Id)))
        {
            if (waits || branch.Topic is null)
                yield return (QueueName.Calls(center.Node.Service), record.Id.Text, record.Id, branch.Id);
            if (FatName.TryParse(branch.Topic, out var topic) && FatName.TryParse(branch.Group, out var group))
                yield return (QueueName.Deliveries(topic, group), Dispatch.DeliveryId(record.Id, branch.Id), record.Id, branch.Id);
        }
    }

    private static bool IsWaiting(MessageCenter center, MessageRecord record, MessageDocument document) =>
        record.SinceSubmitted is not { } since || since < TimeSpan.FromMilliseconds(document.Delay) + center.Node.Timings.RecoveryInterval;
}
