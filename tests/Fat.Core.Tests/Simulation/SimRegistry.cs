using System.Collections.Immutable;
using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.InMemory;

namespace Fat.Core.Tests.Simulation;

/// <summary>
/// One process's way to the registry: requests and replies take time, and either may be lost, in which case the operation did
/// or did not take effect and the process hears that the registry is away. What finds nothing to do costs no time.
/// </summary>
internal sealed class SimRegistry(World world, SimRedis redis, SimProcess process) : IGroupRegistry
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    public ValueTask<RegistrationResult> RegisterAsync(ScopeRegistration registration, CancellationToken cancellationToken) =>
        Do("register", registry => registry.RegisterAsync(registration, default));

    public ValueTask<GroupFate> VoteAsync(ScopeVotes votes, CancellationToken cancellationToken) =>
        Do("vote", registry => registry.VoteAsync(votes, default));

    public ValueTask<GroupFate> AskAbortAsync(GroupId gid, InstanceId rootInstance, AbortReason reason, CancellationToken cancellationToken) =>
        Do("abort", registry => registry.AskAbortAsync(gid, rootInstance, reason, default));

    public ValueTask<GroupSnapshot> SealAsync(GroupSeal seal, CancellationToken cancellationToken) =>
        Do("seal", registry => registry.SealAsync(seal, default));

    public ValueTask PublishAsync(GroupId gid, DecisionRecord decision, CancellationToken cancellationToken) =>
        Do("publish", registry => registry.PublishAsync(gid, decision, default));

    public ValueTask<DecisionRecord> DecideAsync(GroupId gid, DecisionRecord proposal, CancellationToken cancellationToken) =>
        Do("decide", registry => registry.DecideAsync(gid, proposal, default));

    public ValueTask DoneAsync(GroupId gid, IReadOnlyCollection<BranchId> branches, CancellationToken cancellationToken) =>
        Do("done", registry => registry.DoneAsync(gid, branches, default));

    public ValueTask<IReadOnlyDictionary<GroupId, GroupSnapshot?>> ReadAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken) =>
        gids.Count == 0 ? new(ImmutableDictionary<GroupId, GroupSnapshot?>.Empty) : Do("read", registry => registry.ReadAsync(gids, default), changes: false);

    public ValueTask<IReadOnlyDictionary<GroupId, GroupFate>> FatesAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken) =>
        gids.Count == 0 ? new(ImmutableDictionary<GroupId, GroupFate>.Empty) : Do("look", registry => registry.FatesAsync(gids, default), changes: false);

    public ValueTask PushAsync(InstanceId instance, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken) =>
        Do("push", registry => registry.PushAsync(instance, messages, default));

    public ValueTask<IReadOnlyList<InboxMessage>> ReceiveAsync(InstanceId instance, TimeSpan wait, CancellationToken cancellationToken) =>
        redis.IsAway ? Do("receive", registry => registry.ReceiveAsync(instance, TimeSpan.Zero, default)) : new(redis.Park(process, instance, wait));

    public ValueTask RequestResolveAsync(FatName rootService, IReadOnlyList<ResolveRequest> requests, CancellationToken cancellationToken) =>
        Do("request", registry => registry.RequestResolveAsync(rootService, requests, default));

    public ValueTask<IReadOnlyList<ResolveRequest>> TakeResolveRequestsAsync(FatName rootService, int most, CancellationToken cancellationToken) =>
        !redis.IsAway && redis.Store.Requests(rootService).IsIdle
            ? new([])
            : Do("take requests", registry => registry.TakeResolveRequestsAsync(rootService, most, default));

    public ValueTask IndexOpenAsync(FatName rootService, IReadOnlyList<OpenGroup> groups, CancellationToken cancellationToken) =>
        Do("index", registry => registry.IndexOpenAsync(rootService, groups, default));

    public ValueTask UnindexAsync(FatName rootService, IReadOnlyCollection<GroupId> gids, CancellationToken cancellationToken) =>
        Do("unindex", registry => registry.UnindexAsync(rootService, gids, default));

    public ValueTask<IReadOnlyList<OpenGroup>> OverdueAsync(FatName rootService, int most, CancellationToken cancellationToken) =>
        !redis.IsAway && redis.Store.Open(rootService).Overdue(1, redis.Store.Now).Count == 0
            ? new([])
            : Do("overdue", registry => registry.OverdueAsync(rootService, most, default), changes: false);

    public ValueTask<IReadOnlyList<OpenGroup>> ListOpenAsync(FatName rootService, int skip, int most, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The simulation has no operators.");

    public ValueTask HeartbeatAsync(InstanceId instance, CancellationToken cancellationToken)
    {
        if (redis.IsAway)
            return ValueTask.FromException(SimRedis.Unavailable("heartbeat"));
        redis.Store.Heartbeat(instance);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<TimeSpan?>> SinceHeartbeatAsync(IReadOnlyList<InstanceId> instances, CancellationToken cancellationToken) =>
        instances.Count == 0 ? new([]) : Do("heartbeats", registry => registry.SinceHeartbeatAsync(instances, default), changes: false);

    public ValueTask LeaveAsync(InstanceId instance, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<string?> DurabilityProblemAsync(CancellationToken cancellationToken) => new((string?)null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask Do(string what, Func<InMemoryGroupRegistry, ValueTask> operation) =>
        new(Do(what, registry =>
        {
            // The in-memory registry has done it when it returns.
            operation(registry).AsTask().GetAwaiter().GetResult();
            return new ValueTask<bool>(true);
        }).AsTask());

    private ValueTask<T> Do<T>(string what, Func<InMemoryGroupRegistry, ValueTask<T>> operation, bool changes = true)
    {
        world.HoldsThread();
        var answer = new TaskCompletionSource<T>();
        var faults = process.Faults;
        if (faults.LosesRegistryRequest())
            Later(AnswerTimeout, "loses its request", () => answer.SetException(SimRedis.Unavailable(what)));
        else
            world.Post(null, faults.Latency(), what, () => Arrived(what, operation, changes, answer));
        return new ValueTask<T>(answer.Task);
    }

    private void Arrived<T>(string what, Func<InMemoryGroupRegistry, ValueTask<T>> operation, bool changes, TaskCompletionSource<T> answer)
    {
        if (redis.IsAway)
        {
            Later(ConnectTimeout, "finds redis away", () => answer.SetException(SimRedis.Unavailable(what)));
            return;
        }

        var result = redis.Serve(registry => operation(registry).AsTask().GetAwaiter().GetResult(), changes);
        if (process.Faults.LosesRegistryReply())
            Later(AnswerTimeout, "loses the reply", () => answer.SetException(SimRedis.Unavailable(what)));
        else
            Later(process.Faults.Latency(), what, () => answer.SetResult(result));
    }

    private void Later(TimeSpan delay, string what, Action action) => world.Post(process, delay, what, action);
}
