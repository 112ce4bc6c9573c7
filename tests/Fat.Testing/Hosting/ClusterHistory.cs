using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.InMemory;

namespace Fat.Testing.Hosting;

/// <summary>One process's way to what operators are shown: one that was killed tells nothing more.</summary>
internal sealed class ClusterHistory(FatTestCluster cluster, Incarnation process) : IHistory
{
    private readonly InMemoryHistory _history = new(cluster.Store);

    public async ValueTask TellAsync(FatName service, IReadOnlyList<PastEntry> entries, FatName teller, int kept, CancellationToken cancellationToken)
    {
        await PassAsync().ConfigureAwait(false);
        await _history.TellAsync(service, entries, teller, kept, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<IReadOnlyList<FatName>> ServicesAsync(CancellationToken cancellationToken) => _history.ServicesAsync(cancellationToken);

    public ValueTask<IReadOnlyList<PastGroup>> ListAsync(FatName service, PastQuery query, DateTimeOffset now, CancellationToken cancellationToken) =>
        _history.ListAsync(service, query, now, cancellationToken);

    public ValueTask<PastRecord?> FindAsync(FatName service, GroupId gid, CancellationToken cancellationToken) => _history.FindAsync(service, gid, cancellationToken);

    public ValueTask<IReadOnlyList<PastCount>> CountAsync(FatName service, PastStep step, int count, CancellationToken cancellationToken) =>
        _history.CountAsync(service, step, count, cancellationToken);

    public async ValueTask TellStatusAsync(InstanceId instance, string status, CancellationToken cancellationToken)
    {
        await PassAsync().ConfigureAwait(false);
        await _history.TellStatusAsync(instance, status, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<IReadOnlyList<AliveInstance>> InstancesAsync(TimeSpan within, CancellationToken cancellationToken) => _history.InstancesAsync(within, cancellationToken);

    private async ValueTask PassAsync()
    {
        await process.PassAsync().ConfigureAwait(false);
        if (process.IsKilled || cluster.IsRegistryAway)
            throw new RegistryUnavailableException("tell the history", new IOException("the process was killed, or Redis is away"));
    }
}
