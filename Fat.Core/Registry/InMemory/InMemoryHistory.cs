using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>The history of a process that is alone. Fault-free, and otherwise the same as the one on Redis; both pass one contract suite.</summary>
internal sealed class InMemoryHistory(InMemoryRegistryStore store) : IHistory
{
    public ValueTask TellAsync(FatName service, IReadOnlyList<PastEntry> entries, FatName teller, int kept, CancellationToken cancellationToken) =>
        store.Run(() => store.Past(service).Tell(entries, teller == service, kept, store.Utc(store.Now)), cancellationToken);

    public ValueTask<IReadOnlyList<FatName>> ServicesAsync(CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<FatName>>(() => [.. store.ServicesWithPast], cancellationToken);

    public ValueTask<IReadOnlyList<PastGroup>> ListAsync(FatName service, PastQuery query, DateTimeOffset now, CancellationToken cancellationToken) =>
        store.Run(() => store.FindPast(service)?.List(query, now) ?? [], cancellationToken);

    public ValueTask<PastRecord?> FindAsync(FatName service, GroupId gid, CancellationToken cancellationToken) =>
        store.Run(() => store.FindPast(service)?.Find(gid), cancellationToken);

    public ValueTask<IReadOnlyList<PastCount>> CountAsync(FatName service, PastStep step, int count, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<PastCount>>(
            () => store.FindPast(service)?.Count(step, count, store.Utc(store.Now)) ?? new InMemoryCounts(step).Last(count, store.Utc(store.Now)), cancellationToken);

    public ValueTask TellStatusAsync(InstanceId instance, string status, CancellationToken cancellationToken) =>
        store.Run(() => store.TellStatus(instance, status), cancellationToken);

    public ValueTask<IReadOnlyList<AliveInstance>> InstancesAsync(TimeSpan within, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<AliveInstance>>(() => [.. store.Alive(within)], cancellationToken);
}
