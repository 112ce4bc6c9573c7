using System.Collections.Concurrent;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>Puts the branches of submitted messages into their queues. Repeating it is harmless: a branch that is queued stays, and one that is consumed takes no effect again. Thread-safe.</summary>
internal sealed class Dispatch(MessageCenter center)
{
    private readonly ConcurrentDictionary<QueueName, BatchLine<WorkItem>> _puts = new();
    private readonly ConcurrentDictionary<string, BatchLine<Fresh>> _fresh = new(StringComparer.Ordinal);

    /// <summary>A message whose local transaction has just committed. It goes together with others for the same queues: what one of these has to wait for holds up nobody else.</summary>
    /// <exception cref="RegistryUnavailableException">It may have been submitted or not, or in part.</exception>
    public Task SubmitAsync(MadeMessage message, CancellationToken cancellationToken)
    {
        var pieces = Pieces(message.Id, message.Document, []).ToList();
        var queues = string.Join(' ', pieces.Select(piece => piece.Queue.Text).Distinct(StringComparer.Ordinal));
        return _fresh.GetOrAdd(queues, _ => new BatchLine<Fresh>(center.Node.Background, SubmitAsync)).SendAsync(new Fresh(message, pieces), cancellationToken);
    }

    /// <summary>A message of which nobody knows how far it got.</summary>
    /// <param name="message">The message.</param>
    /// <param name="age">How long ago it was stored, at least.</param>
    /// <param name="cancellationToken">Cancels the wait for the answers.</param>
    public async Task SubmitAgainAsync(MadeMessage message, TimeSpan age, CancellationToken cancellationToken)
    {
        var consumed = await center.Records.SubmitAsync(center.Node.Service, [Submitted(message)], cancellationToken).ConfigureAwait(false);
        List<BranchNews> known = [.. News(message.Document.Done, BranchState.Consumed), .. News(message.Document.Cancelled, BranchState.Cancelled)];
        if (known.Count > 0)
            await center.Records.TellAsync(center.Node.Service, known, center.Options.RecordsKept, cancellationToken).ConfigureAwait(false);
        var done = consumed[0].Concat(known.Select(news => news.Branch)).ToHashSet(StringComparer.Ordinal);

        var document = message.Document with { Delay = Math.Max(0, message.Document.Delay - (long)age.TotalMilliseconds) };
        await PutAsync(Pieces(message.Id, document, done), cancellationToken).ConfigureAwait(false);

        IEnumerable<BranchNews> News(IReadOnlyList<string>? branches, BranchState state) =>
            (branches ?? []).Select(branch => new BranchNews(message.Id, branch, state, Attempts: 0, Reason: null));
    }

    /// <summary>Puts deliveries into the queues of their subscribers.</summary>
    public Task DeliverAsync(MessageId id, MessageDocument document, IReadOnlySet<string> done, CancellationToken cancellationToken) =>
        PutAsync(Deliveries(id, document, done), cancellationToken);

    /// <summary>The piece of work that is a delivery.</summary>
    public static string DeliveryId(MessageId id, string branch) => $"{id}/{branch}";

    /// <summary>Everything is sent at once; the records first, so that news of the branches find them.</summary>
    private Task SubmitAsync(IReadOnlyList<Fresh> messages)
    {
        var recorded = center.Records.SubmitAsync(center.Node.Service, [.. messages.Select(fresh => Submitted(fresh.Message))], CancellationToken.None).AsTask();
        var put = messages.SelectMany(fresh => fresh.Pieces).GroupBy(piece => piece.Queue, piece => piece.Item)
            .Select(queue => center.Queues.PutAsync(queue.Key, [.. queue], CancellationToken.None).AsTask());
        return Task.WhenAll([recorded, .. put]);
    }

    private Task PutAsync(IEnumerable<Piece> pieces, CancellationToken cancellationToken) =>
        Task.WhenAll(pieces.Select(piece => Line(piece.Queue).SendAsync(piece.Item, cancellationToken)));

    private BatchLine<WorkItem> Line(QueueName queue) => _puts.GetOrAdd(
        queue, _ => new BatchLine<WorkItem>(center.Node.Background, items => center.Queues.PutAsync(queue, items, CancellationToken.None).AsTask()));

    private static SubmittedMessage Submitted(MadeMessage message) => new(message.Id, message.Origin, [.. message.Document.Branches.Select(branch => branch.Id)]);

    /// <summary>What there is to do for a message, but for branches that are done.</summary>
    private IEnumerable<Piece> Pieces(MessageId id, MessageDocument document, HashSet<string> done)
    {
        var waits = document.Delay > 0;
        if (waits ? document.Branches.Any(Open) : document.Calls.Any(Open))
        {
            var work = new CallWork(id.Text, document) { Done = [.. done], Delivered = !waits };
            yield return new Piece(QueueName.Calls(center.Node.Service), new WorkItem(id.Text, work.Write()) { Delay = TimeSpan.FromMilliseconds(document.Delay) });
        }

        foreach (var delivery in waits ? [] : Deliveries(id, document, done))
            yield return delivery;

        bool Open(MessageBranch branch) => !done.Contains(branch.Id);
    }

    private static IEnumerable<Piece> Deliveries(MessageId id, MessageDocument document, IReadOnlySet<string> done)
    {
        foreach (var branch in document.Deliveries)
        {
            if (!done.Contains(branch.Id) && FatName.TryParse(branch.Topic, out var topic) && FatName.TryParse(branch.Group, out var group))
                yield return new Piece(QueueName.Deliveries(topic, group), Item(id, document, branch));
        }
    }

    private static WorkItem Item(MessageId id, MessageDocument document, MessageBranch branch) =>
        new(DeliveryId(id, branch.Id), new DeliveryBody(new DeliveryHead(document.Service, id.Text, branch.Id) { Trace = document.Trace }, branch.Body ?? "null").Write()) { Key = branch.Key };

    private sealed record Piece(QueueName Queue, WorkItem Item);

    private sealed record Fresh(MadeMessage Message, IReadOnlyList<Piece> Pieces);
}
