using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>The records of messages of a process that is alone. Fault-free, and otherwise the same as those on Redis; both pass one contract suite.</summary>
internal sealed class InMemoryMessageRecords(InMemoryRegistryStore store) : IMessageRecords
{
    public ValueTask PrepareAsync(FatName service, MessageId id, MessageOrigin origin, TimeSpan timeout, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            if (Find(service, id) is null)
                Of(service).Prepare(new InMemoryMessage(id) { Origin = origin, Prepared = store.Utc(store.Now) }, timeout, store.Now);
        }, cancellationToken);

    public ValueTask<IReadOnlyList<IReadOnlyList<string>>> SubmitAsync(FatName service, IReadOnlyList<SubmittedMessage> messages, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<IReadOnlyList<string>>>(() => [.. messages.Select(message => Submit(service, message))], cancellationToken);

    public ValueTask CancelAsync(FatName service, MessageId id, string reason, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            var message = Find(service, id);
            if (message is { State: MessageState.Prepared })
                Of(service).Cancel(message, reason, store.Now, store.Utc(store.Now));
            else if (message is null)
                Of(service).Unlist(id);
        }, cancellationToken);

    public ValueTask TellAsync(FatName service, IReadOnlyList<BranchNews> news, TimeSpan kept, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            foreach (var one in news)
            {
                if (Find(service, one.Id) is { } message && message.Tell(one, store.Utc(store.Now)) && message.Submitted is not null)
                    Of(service).Settle(message, kept, store.Now, store.Utc(store.Now));
            }
        }, cancellationToken);

    public ValueTask<IReadOnlyList<MessageRecord?>> ReadAsync(FatName service, IReadOnlyList<MessageId> ids, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<MessageRecord?>>(() => [.. ids.Select(id => Find(service, id)?.RecordAt(store.Now))], cancellationToken);

    public ValueTask<IReadOnlyList<MessagePlace>> TakeOverdueAsync(FatName service, int most, TimeSpan pause, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<MessagePlace>>(() => Of(service).TakeOverdue(most, pause, store.Now), cancellationToken);

    public ValueTask<IReadOnlyList<MessagePlace>> TakeEndedAsync(FatName service, int most, TimeSpan pause, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<MessagePlace>>(() => Of(service).TakeEnded(most, pause, store.Now), cancellationToken);

    public ValueTask<IReadOnlySet<MessagePlace>> EndedAmongAsync(FatName service, IReadOnlyList<MessagePlace> places, CancellationToken cancellationToken) =>
        store.Run<IReadOnlySet<MessagePlace>>(() => places.Where(Of(service).HasEnded).ToHashSet(), cancellationToken);

    public ValueTask ForgetEndedAsync(FatName service, IReadOnlyList<MessagePlace> places, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            foreach (var place in places)
                Of(service).ForgetEnded(place);
        }, cancellationToken);

    public ValueTask<IReadOnlyList<MessageId>> ListAsync(
        FatName service, MessageState state, int skip, int most, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<MessageId>>(() => Of(service).List(state, skip, most), cancellationToken);

    public ValueTask<long> CountAsync(FatName service, MessageState state, CancellationToken cancellationToken) =>
        store.Run(() => Of(service).Count(state), cancellationToken);

    public ValueTask SubscribeAsync(FatName topic, FatName group, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            if (!store.Topics.TryGetValue(topic, out var groups))
                store.Topics.Add(topic, groups = []);
            groups.Add(group);
        }, cancellationToken);

    public ValueTask UnsubscribeAsync(FatName topic, FatName group, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            if (store.Topics.TryGetValue(topic, out var groups) && groups.Remove(group) && groups.Count == 0)
                store.Topics.Remove(topic);
        }, cancellationToken);

    public ValueTask<IReadOnlyList<FatName>> GroupsAsync(FatName topic, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<FatName>>(() => Sorted(store.Topics.GetValueOrDefault(topic) ?? []), cancellationToken);

    public ValueTask<IReadOnlyList<FatName>> TopicsAsync(CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<FatName>>(() => Sorted(store.Topics.Keys), cancellationToken);

    private InMemoryMessages Of(FatName service) => store.Messages(service);

    private InMemoryMessage? Find(FatName service, MessageId id) => Of(service).Find(id, store.Now);

    private List<string> Submit(FatName service, SubmittedMessage submitted)
    {
        var message = Find(service, submitted.Id);
        if (message is null)
            Of(service).Add(message = new InMemoryMessage(submitted.Id) { Origin = submitted.Origin, ExpiresAt = store.Now + RegistryLifetimes.Message }, store.Now);
        if (message.Submitted is null)
        {
            message.Submit(submitted.Origin, submitted.Branches, store.Now, store.Utc(store.Now));
            Of(service).Settle(message, RegistryLifetimes.MessageOver, store.Now, store.Utc(store.Now));
        }

        return [.. message.Consumed];
    }

    private static List<FatName> Sorted(IEnumerable<FatName> names) => [.. names.OrderBy(name => name.Text, StringComparer.Ordinal)];
}
