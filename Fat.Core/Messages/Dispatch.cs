using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>Puts the branches of submitted messages into their queues. Repeating it is harmless: a branch that is queued stays, and one that is consumed takes no effect again.</summary>
internal sealed class Dispatch(MessageCenter center)
{
    private readonly PutTogether _queues = new(center);

    /// <summary>A message whose local transaction has just committed. Everything is sent at once; the record first, so that news of the branches finds it.</summary>
    public async Task SubmitAsync(MadeMessage message, CancellationToken cancellationToken)
    {
        var recorded = RecordAsync(message, cancellationToken);
        await Task.WhenAll(recorded, PutAsync(message.Id, message.Document, [], cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>A message of which nobody knows how far it got.</summary>
    /// <param name="message">The message.</param>
    /// <param name="age">How long ago it was stored, at least.</param>
    /// <param name="cancellationToken">Cancels the wait for the answers.</param>
    public async Task SubmitAgainAsync(MadeMessage message, TimeSpan age, CancellationToken cancellationToken)
    {
        var consumed = await RecordAsync(message, cancellationToken).ConfigureAwait(false);
        List<BranchNews> known = [.. News(message.Document.Done, BranchState.Consumed), .. News(message.Document.Cancelled, BranchState.Cancelled)];
        if (known.Count > 0)
            await center.Records.TellAsync(center.Node.Service, known, center.Options.RecordsKept, cancellationToken).ConfigureAwait(false);
        var done = consumed.Concat(known.Select(news => news.Branch)).ToHashSet(StringComparer.Ordinal);

        var document = message.Document with { Delay = Math.Max(0, message.Document.Delay - (long)age.TotalMilliseconds) };
        await PutAsync(message.Id, document, done, cancellationToken).ConfigureAwait(false);

        IEnumerable<BranchNews> News(IReadOnlyList<string>? branches, BranchState state) =>
            (branches ?? []).Select(branch => new BranchNews(message.Id, branch, state, Attempts: 0, Reason: null));
    }

    /// <summary>Puts deliveries into the queues of their subscribers.</summary>
    public Task DeliverAsync(MessageId id, MessageDocument document, IReadOnlySet<string> done, CancellationToken cancellationToken)
    {
        var puts = new List<Task>();
        foreach (var branch in document.Deliveries)
        {
            if (!done.Contains(branch.Id) && FatName.TryParse(branch.Topic, out var topic) && FatName.TryParse(branch.Group, out var group))
                puts.Add(_queues.PutAsync(QueueName.Deliveries(topic, group), Item(id, document, branch), cancellationToken));
        }

        return Task.WhenAll(puts);
    }

    /// <summary>The piece of work that is a delivery.</summary>
    public static string DeliveryId(MessageId id, string branch) => $"{id}/{branch}";

    private static WorkItem Item(MessageId id, MessageDocument document, MessageBranch branch) =>
        new(DeliveryId(id, branch.Id), new DeliveryBody(new DeliveryHead(document.Service, id.Text, branch.Id) { Trace = document.Trace }, branch.Body ?? "null").Write()) { Key = branch.Key };

    private Task<IReadOnlyList<string>> RecordAsync(MadeMessage message, CancellationToken cancellationToken) => center.Records.SubmitAsync(
        center.Node.Service, message.Id, message.Origin, [.. message.Document.Branches.Select(branch => branch.Id)], cancellationToken).AsTask();

    private async Task PutAsync(MessageId id, MessageDocument document, HashSet<string> done, CancellationToken cancellationToken)
    {
        var waits = document.Delay > 0;
        if (waits ? document.Branches.Any(Open) : document.Calls.Any(Open))
        {
            var work = new CallWork(id.Text, document) { Done = [.. done], Delivered = !waits };
            var item = new WorkItem(id.Text, work.Write()) { Delay = TimeSpan.FromMilliseconds(document.Delay) };
            await _queues.PutAsync(QueueName.Calls(center.Node.Service), item, cancellationToken).ConfigureAwait(false);
        }

        if (!waits)
            await DeliverAsync(id, document, done, cancellationToken).ConfigureAwait(false);

        bool Open(MessageBranch branch) => !done.Contains(branch.Id);
    }
}
