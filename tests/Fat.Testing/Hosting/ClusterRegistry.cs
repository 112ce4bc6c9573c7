using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.InMemory;

namespace Fat.Testing.Hosting;

/// <summary>One process's way to the registry that the cluster shares: shut when the process was killed, or the test has taken Redis away.</summary>
internal sealed class ClusterRegistry(FatTestCluster cluster, Incarnation process) : IGroupRegistry
{
    private readonly InMemoryGroupRegistry _registry = new(cluster.Store);

    public async ValueTask<RegistrationResult> RegisterAsync(ScopeRegistration registration, CancellationToken cancellationToken) =>
        await DoAsync("register", () => _registry.RegisterAsync(registration, cancellationToken)).ConfigureAwait(false);

    public async ValueTask<GroupFate> VoteAsync(ScopeVotes votes, CancellationToken cancellationToken) =>
        await DoAsync("vote", () => _registry.VoteAsync(votes, cancellationToken)).ConfigureAwait(false);

    public async ValueTask<GroupFate> AskAbortAsync(GroupId gid, InstanceId rootInstance, AbortReason reason, CancellationToken cancellationToken) =>
        await DoAsync("ask for an abort", () => _registry.AskAbortAsync(gid, rootInstance, reason, cancellationToken)).ConfigureAwait(false);

    public async ValueTask<GroupSnapshot> SealAsync(GroupSeal seal, CancellationToken cancellationToken) =>
        await DoAsync("seal", () => _registry.SealAsync(seal, cancellationToken)).ConfigureAwait(false);

    public async ValueTask PublishAsync(GroupId gid, DecisionRecord decision, CancellationToken cancellationToken)
    {
        await DoAsync("publish", () => _registry.PublishAsync(gid, decision, cancellationToken)).ConfigureAwait(false);
        cluster.Book.Published(process, gid, decision.Decision);
    }

    public async ValueTask<DecisionRecord> DecideAsync(GroupId gid, DecisionRecord proposal, CancellationToken cancellationToken)
    {
        var decided = await DoAsync("decide", () => _registry.DecideAsync(gid, proposal, cancellationToken)).ConfigureAwait(false);
        cluster.Book.Decided(gid, decided.Decision, $"{process.Name} finds it decided in Redis");
        return decided;
    }

    public ValueTask DoneAsync(GroupId gid, IReadOnlyCollection<BranchId> branches, CancellationToken cancellationToken) =>
        DoAsync("acknowledge", () => _registry.DoneAsync(gid, branches, cancellationToken));

    public ValueTask<IReadOnlyDictionary<GroupId, GroupSnapshot?>> ReadAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken) =>
        DoAsync("read", () => _registry.ReadAsync(gids, cancellationToken));

    public ValueTask<IReadOnlyDictionary<GroupId, GroupFate>> FatesAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken) =>
        DoAsync("look", () => _registry.FatesAsync(gids, cancellationToken));

    public ValueTask PushAsync(InstanceId instance, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken) =>
        DoAsync("push", () => _registry.PushAsync(instance, messages, cancellationToken));

    public ValueTask<IReadOnlyList<InboxMessage>> ReceiveAsync(InstanceId instance, TimeSpan wait, CancellationToken cancellationToken) =>
        DoAsync("receive", () => _registry.ReceiveAsync(instance, wait, cancellationToken));

    public ValueTask RequestResolveAsync(FatName rootService, IReadOnlyList<ResolveRequest> requests, CancellationToken cancellationToken) =>
        DoAsync("ask for a decision", () => _registry.RequestResolveAsync(rootService, requests, cancellationToken));

    public ValueTask<IReadOnlyList<ResolveRequest>> TakeResolveRequestsAsync(FatName rootService, int most, CancellationToken cancellationToken) =>
        DoAsync("take requests", () => _registry.TakeResolveRequestsAsync(rootService, most, cancellationToken));

    public ValueTask IndexOpenAsync(FatName rootService, IReadOnlyList<OpenGroup> groups, CancellationToken cancellationToken) =>
        DoAsync("index", () => _registry.IndexOpenAsync(rootService, groups, cancellationToken));

    public ValueTask UnindexAsync(FatName rootService, IReadOnlyCollection<GroupId> gids, CancellationToken cancellationToken) =>
        DoAsync("unindex", () => _registry.UnindexAsync(rootService, gids, cancellationToken));

    public ValueTask<IReadOnlyList<OpenGroup>> OverdueAsync(FatName rootService, int most, CancellationToken cancellationToken) =>
        DoAsync("list overdue groups", () => _registry.OverdueAsync(rootService, most, cancellationToken));

    public ValueTask<IReadOnlyList<OpenGroup>> ListOpenAsync(FatName rootService, int skip, int most, CancellationToken cancellationToken) =>
        DoAsync("list open groups", () => _registry.ListOpenAsync(rootService, skip, most, cancellationToken));

    public ValueTask HeartbeatAsync(InstanceId instance, CancellationToken cancellationToken) =>
        DoAsync("heartbeat", () => _registry.HeartbeatAsync(instance, cancellationToken));

    public ValueTask<IReadOnlyList<TimeSpan?>> SinceHeartbeatAsync(IReadOnlyList<InstanceId> instances, CancellationToken cancellationToken) =>
        DoAsync("read heartbeats", () => _registry.SinceHeartbeatAsync(instances, cancellationToken));

    public ValueTask LeaveAsync(InstanceId instance, CancellationToken cancellationToken) =>
        DoAsync("leave", () => _registry.LeaveAsync(instance, cancellationToken));

    public ValueTask<string?> DurabilityProblemAsync(CancellationToken cancellationToken) =>
        DoAsync("look at durability", () => _registry.DurabilityProblemAsync(cancellationToken));

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    private async ValueTask DoAsync(string operation, Func<ValueTask> act)
    {
        await EnterAsync(operation).ConfigureAwait(false);
        await act().ConfigureAwait(false);
        await LeaveAsync(operation).ConfigureAwait(false);
    }

    private async ValueTask<T> DoAsync<T>(string operation, Func<ValueTask<T>> act)
    {
        await EnterAsync(operation).ConfigureAwait(false);
        var answer = await act().ConfigureAwait(false);
        await LeaveAsync(operation).ConfigureAwait(false);
        return answer;
    }

    private async ValueTask EnterAsync(string operation)
    {
        await LeaveAsync(operation).ConfigureAwait(false);
        if (cluster.IsRegistryAway)
            throw new RegistryUnavailableException(operation, new TimeoutException("Redis is away, as the test wants it."));
    }

    private async ValueTask LeaveAsync(string operation)
    {
        await process.PassAsync().ConfigureAwait(false);
        if (process.IsKilled)
            throw new RegistryUnavailableException(operation, new IOException("the process was killed"));
    }
}
