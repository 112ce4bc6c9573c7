using Fat.Coordination;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>Tells what came of pieces of work: the queue, and the records of the messages. Repeated until Redis takes it; what is lost is worked on again.</summary>
/// <param name="center">What messages work with.</param>
/// <param name="queue">The queue.</param>
/// <param name="waits">Is called when Redis has taken a piece that is to be done later: only then it can say when that is.</param>
internal sealed class WorkNews(MessageCenter center, QueueName queue, Action waits) : BatchQueue<WorkResult>($"ends of {queue}", center.Node)
{
    public void Tell(WorkResult result) => Enqueue(result);

    /// <summary>The records first: a branch that is not told to be consumed, and is not in its queue, counts as lost and is sent again.</summary>
    protected override async Task SendAsync(IReadOnlyList<WorkResult> part, CancellationToken cancellationToken)
    {
        var told = part.Where(result => result.Service is not null && result.News.Count > 0)
            .GroupBy(result => result.Service!.Value, result => result.News)
            .Select(service => center.Records.TellAsync(service.Key, [.. service.SelectMany(news => news)], center.Options.RecordsKept, cancellationToken).AsTask())
            .ToList();
        var ended = center.Queues.EndAsync(queue, [.. part.Select(result => result.End)], cancellationToken).AsTask();
        await Task.WhenAll([.. told, ended]).ConfigureAwait(false);
        if (part.Any(result => result.End.Outcome is WorkOutcome.Failed or WorkOutcome.Again))
            waits();
    }
}
