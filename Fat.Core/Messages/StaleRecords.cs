using System.Data.Common;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>
/// Ends records of messages that are over and of which Redis has learnt again: from a command that was on its way while Redis lost the rest, or from a replica that knew less. The row of a message goes when all its branches are consumed and not before,
/// so a message without row and without pieces of work has been. One turn at a time.
/// </summary>
internal sealed class StaleRecords(MessageCenter center)
{
    private const int Most = 200;

    /// <summary>In recovery intervals: whatever is on its way to a queue has arrived by then.</summary>
    private const int Age = 3;

    private Node Node => center.Node;

    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        var count = await center.Records.CountAsync(Node.Service, MessageState.Submitted, cancellationToken).ConfigureAwait(false);
        var oldest = await center.Records.ListAsync(Node.Service, MessageState.Submitted, (int)Math.Max(0, count - Most), Most, cancellationToken).ConfigureAwait(false);
        var records = await center.Records.ReadAsync(Node.Service, oldest, cancellationToken).ConfigureAwait(false);
        List<MessageRecord> old = [.. records.OfType<MessageRecord>().Where(record => record.SinceSubmitted > Node.Timings.RecoveryInterval * Age)];
        var missing = await QueueSearch.MissingAsync(center, old, cancellationToken).ConfigureAwait(false);
        foreach (var group in old.Where(record => missing.Contains(record.Id)).GroupBy(record => record.Origin.Database))
        {
            if (center.Stores.Find(group.Key) is { } rows)
                await EndAsync([.. group], rows, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(IReadOnlyList<MessageRecord> records, MessageRows rows, CancellationToken cancellationToken)
    {
        try
        {
            var found = await rows.ReadAsync([.. records.Select(record => record.Id)], cancellationToken).ConfigureAwait(false);
            var news = records.Zip(found).Where(pair => pair.Second is null or { Payload: null }).SelectMany(pair => News(pair.First, pair.Second?.IsRolledBack == true)).ToList();
            if (news.Count > 0)
                await center.Records.TellAsync(Node.Service, news, center.Options.RecordsKept, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception)
        {
            // Nothing is decided by it: asked again with the next turn.
            FatLog.DatabaseNotSearched(Node.Logger, rows.Database.Name, exception);
        }
    }

    private static IEnumerable<BranchNews> News(MessageRecord record, bool isRolledBack)
    {
        var over = QueueSearch.Consumed(record);
        var open = (MessageDocument.Read(record.Origin.Document)?.Branches ?? []).Where(branch => !over.Contains(branch.Id));
        return open.Select(branch => isRolledBack
            ? new BranchNews(record.Id, branch.Id, BranchState.Cancelled, Attempts: 0, "Its local transaction was rolled back.")
            : new BranchNews(record.Id, branch.Id, BranchState.Consumed, Attempts: 0, Reason: null));
    }
}
