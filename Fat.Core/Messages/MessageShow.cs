using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>Shows a message: its record, and how its branches stand in their queues.</summary>
internal static class MessageShow
{
    public static async Task<FatMessageDetails> ShowAsync(MessageCenter center, MessageRecord record, CancellationToken cancellationToken)
    {
        var document = MessageDocument.Read(record.Origin.Document);
        var over = QueueSearch.Consumed(record);
        var views = new Dictionary<string, WorkView?>(StringComparer.Ordinal);
        var isOpen = record.State is MessageState.Submitted or MessageState.Failed;
        foreach (var piece in isOpen ? Pieces(center, record.Id, document?.Branches.Where(branch => !over.Contains(branch.Id)) ?? []) : [])
        {
            var view = (await center.Queues.ReadAsync(piece.Queue, [piece.Id], cancellationToken).ConfigureAwait(false))[0];
            foreach (var branch in piece.Branches)
                views[branch] = view;
        }

        var notes = record.Branches.ToDictionary(note => note.Branch, StringComparer.Ordinal);
        return new FatMessageDetails(
            record.Id.Text, document?.Service ?? center.Node.Service.Text, Of(record.State),
            [.. document?.Branches.Select(branch => Show(branch, notes.GetValueOrDefault(branch.Id), views.GetValueOrDefault(branch.Id), record.State)) ?? []])
        {
            Prepared = record.Prepared,
            Submitted = record.Submitted,
            Ended = record.Ended,
            Reason = record.Reason,
        };
    }

    /// <summary>The pieces of work that branches are: a delivery each, and all calls together.</summary>
    public static IEnumerable<(QueueName Queue, string Id, IReadOnlyList<string> Branches)> Pieces(MessageCenter center, MessageId id, IEnumerable<MessageBranch> branches)
    {
        var calls = new List<string>();
        foreach (var branch in branches)
        {
            if (branch.Topic is null)
                calls.Add(branch.Id);
            else if (FatName.TryParse(branch.Topic, out var topic) && FatName.TryParse(branch.Group, out var group))
                yield return (QueueName.Deliveries(topic, group), Dispatch.DeliveryId(id, branch.Id), [branch.Id]);
        }

        if (calls.Count > 0)
            yield return (QueueName.Calls(center.Node.Service), id.Text, calls);
    }

    /// <summary>A branch can have left its hands before the record is told of it: the queue knows why, too.</summary>
    private static FatMessageBranch Show(MessageBranch branch, BranchNote? note, WorkView? view, MessageState message)
    {
        var state = note?.State switch
        {
            BranchState.Consumed => FatMessageBranchState.Consumed,
            BranchState.Cancelled => FatMessageBranchState.Cancelled,
            _ when message == MessageState.Cancelled => FatMessageBranchState.Cancelled,
            _ => view?.State switch
            {
                WorkState.Taken => FatMessageBranchState.Delivering,
                WorkState.SetAside => FatMessageBranchState.Failed,
                WorkState.Later when view.Failures > 0 => FatMessageBranchState.Retrying,
                null when note?.State == BranchState.Failed => FatMessageBranchState.Failed,
                _ => FatMessageBranchState.Waiting,
            },
        };
        return new FatMessageBranch(
            branch.Id, BranchCaller.Target(branch), state, Math.Max(note?.Attempts ?? 0, view?.Failures ?? 0), note?.Reason ?? view?.Reason, note?.At, view?.State is WorkState.Later or WorkState.Taken ? view.Due : null, branch.Body);
    }

    private static FatMessageState Of(MessageState state) => state switch
    {
        MessageState.Prepared => FatMessageState.Prepared,
        MessageState.Submitted => FatMessageState.Submitted,
        MessageState.Failed => FatMessageState.Failed,
        MessageState.Consumed => FatMessageState.Consumed,
        _ => FatMessageState.Cancelled,
    };
}
