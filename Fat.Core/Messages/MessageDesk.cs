using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>What operators see and do. Thread-safe.</summary>
internal sealed class MessageDesk(MessageCenter center, Dispatch dispatch, Topics topics)
{
    private const int Most = 1000;
    private const int LongestReason = 500;

    private FatName Service => center.Node.Service;

    public async Task<FatMessageDetails?> FindAsync(string gid, CancellationToken cancellationToken = default) =>
        await ReadAsync(gid, cancellationToken).ConfigureAwait(false) is { } record ? await MessageShow.ShowAsync(center, record, cancellationToken).ConfigureAwait(false) : null;

    public async Task<IReadOnlyList<FatMessageDetails>> ListAsync(FatMessageState state, int skip = 0, int most = 100, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, Most);
        var ids = await center.Records.ListAsync(Service, Of(state), skip, most, cancellationToken).ConfigureAwait(false);
        var records = await center.Records.ReadAsync(Service, ids, cancellationToken).ConfigureAwait(false);
        var shown = new List<FatMessageDetails>(records.Count);
        foreach (var record in records.OfType<MessageRecord>())
            shown.Add(await MessageShow.ShowAsync(center, record, cancellationToken).ConfigureAwait(false));
        return shown;
    }

    public Task<long> CountAsync(FatMessageState state, CancellationToken cancellationToken = default) => center.Records.CountAsync(Service, Of(state), cancellationToken).AsTask();

    public async Task<int> RetryNowAsync(string gid, string? branchId = null, CancellationToken cancellationToken = default)
    {
        if (await OpenAsync(gid, branchId, cancellationToken).ConfigureAwait(false) is not { } open)
            return 0;
        var due = 0;
        var places = await MessageShow.PlacesAsync(center, open.Record.Id, open.Document, open.Branches, cancellationToken).ConfigureAwait(false);
        foreach (var piece in places.Values.GroupBy(place => (place.Queue, place.View.Id)))
            due += await center.Queues.RetryNowAsync(piece.Key.Queue, piece.Key.Id, cancellationToken).ConfigureAwait(false) ? piece.Count() : 0;
        return due;
    }

    public async Task<bool> RedeliverAsync(string gid, string branchId, CancellationToken cancellationToken = default)
    {
        if (await ReadAsync(gid, cancellationToken).ConfigureAwait(false) is not { Submitted: not null } record || MessageDocument.Read(record.Origin.Document) is not { } document)
            return false;
        var others = document.Branches.Where(branch => branch.Id != branchId).Select(branch => branch.Id).ToHashSet(StringComparer.Ordinal);
        if (!document.Deliveries.Any(branch => branch.Id == branchId))
            return false;
        await dispatch.DeliverAsync(record.Id, document, others, cancellationToken).ConfigureAwait(false);
        foreach (var piece in MessageShow.Deliveries(record.Id, document.Deliveries.Where(branch => branch.Id == branchId)))
            await center.Queues.RetryNowAsync(piece.Queue, piece.Id, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public async Task<int> CancelAsync(string gid, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (await OpenAsync(gid, null, cancellationToken).ConfigureAwait(false) is not { Branches.Count: > 0 } open)
            return 0;

        // The row first: what Redis loses after this is not sent again.
        if (center.Stores.Find(open.Record.Origin.Database) is { } rows && await rows.ReadAsync(open.Record.Id, cancellationToken).ConfigureAwait(false) is { Payload: { } payload }
            && MessageDocument.Read(payload) is { } stored)
        {
            var cancelled = open.Branches.Select(branch => branch.Id).Concat(stored.Cancelled ?? []).Distinct(StringComparer.Ordinal);
            await rows.ChangeAsync(open.Record.Id, (stored with { Cancelled = [.. cancelled] }).Write(), cancellationToken).ConfigureAwait(false);
        }

        foreach (var piece in MessageShow.Pieces(center, open.Record.Id, open.Document, open.Branches))
            await center.Queues.RemoveAsync(piece.Queue, piece.Id, cancellationToken).ConfigureAwait(false);
        var text = reason.Length > LongestReason ? reason[..LongestReason] : reason;
        var notes = open.Record.Branches.ToDictionary(note => note.Branch, StringComparer.Ordinal);
        var news = open.Branches.Select(branch => new BranchNews(open.Record.Id, branch.Id, BranchState.Cancelled, notes.GetValueOrDefault(branch.Id)?.Attempts ?? 0, text));
        await center.Records.TellAsync(Service, [.. news], center.Options.RecordsKept, cancellationToken).ConfigureAwait(false);
        return open.Branches.Count;
    }

    public async Task<IReadOnlyList<FatSubscription>> ListSubscriptionsAsync(CancellationToken cancellationToken = default)
    {
        var subscriptions = new List<FatSubscription>();
        foreach (var topic in (await center.Records.TopicsAsync(cancellationToken).ConfigureAwait(false)).OrderBy(topic => topic.Text, StringComparer.Ordinal))
        {
            foreach (var group in (await center.Records.GroupsAsync(topic, cancellationToken).ConfigureAwait(false)).OrderBy(group => group.Text, StringComparer.Ordinal))
            {
                var counts = await center.Queues.CountAsync(QueueName.Deliveries(topic, group), cancellationToken).ConfigureAwait(false);
                subscriptions.Add(new FatSubscription(topic.Text, group.Text, counts.Ready, counts.Later, counts.Taken, counts.SetAside));
            }
        }

        return subscriptions;
    }

    public Task UnsubscribeAsync(string topic, string group, CancellationToken cancellationToken = default) =>
        topics.ForgetAsync(Name(topic, nameof(topic)), Name(group, nameof(group)), cancellationToken);

    private static FatName Name(string text, string parameter) =>
        FatName.TryParse(text, out var name) ? name : throw new ArgumentException($"'{text}' is not valid: use 1 to {FatName.MaxLength} of A-Z a-z 0-9 . _ -", parameter);

    private static MessageState Of(FatMessageState state) => state switch
    {
        FatMessageState.Prepared => MessageState.Prepared,
        FatMessageState.Submitted => MessageState.Submitted,
        FatMessageState.Failed => MessageState.Failed,
        FatMessageState.Consumed => MessageState.Consumed,
        FatMessageState.Cancelled => MessageState.Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "An unknown state."),
    };

    private async Task<MessageRecord?> ReadAsync(string gid, CancellationToken cancellationToken) =>
        MessageId.TryParse(gid, out var id) ? (await center.Records.ReadAsync(Service, [id], cancellationToken).ConfigureAwait(false))[0] : null;

    /// <summary>A submitted message and those of its branches that are not over.</summary>
    private async Task<(MessageRecord Record, MessageDocument Document, IReadOnlyList<MessageBranch> Branches)?> OpenAsync(string gid, string? branchId, CancellationToken cancellationToken)
    {
        if (await ReadAsync(gid, cancellationToken).ConfigureAwait(false) is not { State: MessageState.Submitted or MessageState.Failed } record || MessageDocument.Read(record.Origin.Document) is not { } document)
            return null;
        var over = QueueSearch.Consumed(record);
        return (record, document, [.. document.Branches.Where(branch => !over.Contains(branch.Id) && (branchId is null || branch.Id == branchId))]);
    }
}
