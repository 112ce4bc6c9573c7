using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>Compares what is known of messages with their queues.</summary>
internal static class QueueSearch
{
    /// <summary>Messages with branches that are neither consumed nor in their queues.</summary>
    public static async Task<IReadOnlySet<MessageId>> MissingAsync(MessageCenter center, IReadOnlyList<MessageRecord> records, CancellationToken cancellationToken) =>
        (await FindAsync(center, records, cancellationToken).ConfigureAwait(false)).Missing;

    /// <summary>
    /// Those, and what records do not know of branches that have failed for good: one that was made again begins as if nothing had failed. News of no hold, so whatever else was told of a branch counts for more. Asks each queue once.
    /// </summary>
    public static async Task<(IReadOnlySet<MessageId> Missing, IReadOnlyList<BranchNews> SetAside)> FindAsync(MessageCenter center, IReadOnlyList<MessageRecord> records, CancellationToken cancellationToken)
    {
        var places = records.SelectMany(record => Places(center, record)).ToList();
        var found = new HashSet<(MessageId Id, string Branch)>();
        var setAside = new List<BranchNews>();
        foreach (var queue in places.GroupBy(place => place.Queue))
        {
            var pieces = queue.GroupBy(place => place.Piece, StringComparer.Ordinal).ToList();
            var views = await center.Queues.ReadAsync(queue.Key, [.. pieces.Select(piece => piece.Key)], cancellationToken).ConfigureAwait(false);
            foreach (var (piece, view) in pieces.Zip(views))
            {
                if (view is null)
                    continue;
                found.UnionWith(piece.Select(place => (place.Id, place.Branch)));
                if (view.State == WorkState.SetAside)
                    setAside.AddRange(piece.Where(place => !place.HasFailed).Select(place => new BranchNews(place.Id, place.Branch, BranchState.Failed, view.Failures, view.Reason)));
            }
        }

        return (places.Where(place => !found.Contains((place.Id, place.Branch))).Select(place => place.Id).ToHashSet(), setAside);
    }

    /// <summary>The branches that need not be done any more.</summary>
    public static HashSet<string> Consumed(MessageRecord record) =>
        record.Branches.Where(note => note.State is BranchState.Consumed or BranchState.Cancelled).Select(note => note.Branch).ToHashSet(StringComparer.Ordinal);

    /// <summary>Where the branches of a message are that are not consumed: each in one of its places.</summary>
    private static IEnumerable<Place> Places(MessageCenter center, MessageRecord record)
    {
        if (MessageDocument.Read(record.Origin.Document) is not { } document)
            yield break;
        var consumed = Consumed(record);
        var failed = record.Branches.Where(note => note.State == BranchState.Failed).Select(note => note.Branch).ToHashSet(StringComparer.Ordinal);

        // The deliveries of what waits for its time are not queued yet; an operator may have let them begin before.
        var waits = document.Delay > 0 && IsWaiting(center, record, document);
        foreach (var branch in document.Branches.Where(branch => !consumed.Contains(branch.Id)))
        {
            if (waits || branch.Topic is null)
                yield return new Place(QueueName.Calls(center.Node.Service), record.Id.Text, record.Id, branch.Id, failed.Contains(branch.Id));
            if (FatName.TryParse(branch.Topic, out var topic) && FatName.TryParse(branch.Group, out var group))
                yield return new Place(QueueName.Deliveries(topic, group), Dispatch.DeliveryId(record.Id, branch.Id), record.Id, branch.Id, failed.Contains(branch.Id));
        }
    }

    private static bool IsWaiting(MessageCenter center, MessageRecord record, MessageDocument document) =>
        record.SinceSubmitted is not { } since || since < TimeSpan.FromMilliseconds(document.Delay) + center.Node.Timings.RecoveryInterval;

    /// <summary>Where a branch may be, and whether its record says that it has failed for good.</summary>
    private sealed record Place(QueueName Queue, string Piece, MessageId Id, string Branch, bool HasFailed);
}
