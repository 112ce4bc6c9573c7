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
        var isOpen = document is not null && record.State is MessageState.Submitted or MessageState.Failed;
        var places = isOpen ? await PlacesAsync(center, record.Id, document!, [.. document!.Branches.Where(branch => !over.Contains(branch.Id))], cancellationToken).ConfigureAwait(false) : [];
        var notes = record.Branches.ToDictionary(note => note.Branch, StringComparer.Ordinal);
        return new FatMessageDetails(
            record.Id.Text, document?.Service ?? center.Node.Service.Text, Of(record.State),
            [.. document?.Branches.Select(branch => Show(branch, notes.GetValueOrDefault(branch.Id), ViewOf(branch), record.State)) ?? []])
        {
            Prepared = record.Prepared,
            Submitted = record.Submitted,
            Ended = record.Ended,
            Reason = record.Reason,
        };

        // What has become of the piece is of the first open call, where they are made in order: those behind it were never tried.
        WorkView? ViewOf(MessageBranch branch)
        {
            var view = places.GetValueOrDefault(branch.Id)?.View;
            var isBehind = branch.Topic is null && !document!.Concurrent && branch.Id != document.Calls.FirstOrDefault(call => !over.Contains(call.Id))?.Id;
            return isBehind && view is { State: WorkState.Taken } or { State: WorkState.Later, Failures: > 0 } ? null : view;
        }
    }

    /// <summary>
    /// The pieces of work that branches may be: all calls together, and a delivery each; what is delayed waits together with the calls for its time, deliveries as well. That piece is the first one: what is removed in this
    /// order does not come back.
    /// </summary>
    public static IEnumerable<(QueueName Queue, string Id, IReadOnlyList<string> Branches)> Pieces(MessageCenter center, MessageId id, MessageDocument document, IReadOnlyList<MessageBranch> branches)
    {
        var together = branches.Where(branch => branch.Topic is null || document.Delay > 0).Select(branch => branch.Id).ToList();
        return together.Count > 0 ? Deliveries(id, branches).Prepend((QueueName.Calls(center.Node.Service), id.Text, together)) : Deliveries(id, branches);
    }

    public static IEnumerable<(QueueName Queue, string Id, IReadOnlyList<string> Branches)> Deliveries(MessageId id, IEnumerable<MessageBranch> branches)
    {
        foreach (var branch in branches)
        {
            if (FatName.TryParse(branch.Topic, out var topic) && FatName.TryParse(branch.Group, out var group))
                yield return (QueueName.Deliveries(topic, group), Dispatch.DeliveryId(id, branch.Id), [branch.Id]);
        }
    }

    /// <summary>Where branches are that are in a queue, by their ids: a delivery in its own piece, and before its time with the calls.</summary>
    public static async Task<Dictionary<string, WorkPlace>> PlacesAsync(MessageCenter center, MessageId id, MessageDocument document, IReadOnlyList<MessageBranch> branches, CancellationToken cancellationToken)
    {
        var places = new Dictionary<string, WorkPlace>(StringComparer.Ordinal);
        foreach (var piece in Pieces(center, id, document, branches))
        {
            if ((await center.Queues.ReadAsync(piece.Queue, [piece.Id], cancellationToken).ConfigureAwait(false))[0] is not { } view)
                continue;
            foreach (var branch in piece.Branches)
                places[branch] = new WorkPlace(piece.Queue, view);
        }

        return places;
    }

    /// <summary>
    /// Attempts, reason and time are those of one attempt: of the last that the record was told of. A branch can have left its hands before the record is told of any: then the queue knows the first two.
    /// </summary>
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
        var (attempts, reason) = note is { At: not null } ? (note.Attempts, note.Reason) : (view?.Failures ?? 0, view?.Reason);
        return new FatMessageBranch(
            branch.Id, BranchCaller.Target(branch), state, attempts, reason, note?.At, view?.State is WorkState.Later or WorkState.Taken ? view.Due : null, branch.Body);
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

/// <summary>A piece of work in its queue.</summary>
internal sealed record WorkPlace(QueueName Queue, WorkView View);
