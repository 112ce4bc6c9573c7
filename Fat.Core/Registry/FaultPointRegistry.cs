using Fat.Faults;
using Fat.Protocol;

namespace Fat.Registry;

/// <summary>A registry with fault points around its messages. Only there when a test has set some.</summary>
internal sealed class FaultPointRegistry(IGroupRegistry registry, FaultPoints faults) : IGroupRegistry
{
    public ValueTask<RegistrationResult> RegisterAsync(ScopeRegistration registration, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.Register, [registration.Gid], () => registry.RegisterAsync(registration, cancellationToken));

    public ValueTask<GroupFate> VoteAsync(ScopeVotes votes, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.Vote, [votes.Gid], () => registry.VoteAsync(votes, cancellationToken));

    public ValueTask<GroupFate> AskAbortAsync(GroupId gid, InstanceId rootInstance, AbortReason reason, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.AskAbort, [gid], () => registry.AskAbortAsync(gid, rootInstance, reason, cancellationToken));

    public ValueTask<GroupSnapshot> SealAsync(GroupSeal seal, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.Seal, [seal.Gid], () => registry.SealAsync(seal, cancellationToken));

    public ValueTask PublishAsync(GroupId gid, DecisionRecord decision, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.Publish, [gid], () => registry.PublishAsync(gid, decision, cancellationToken));

    public ValueTask<DecisionRecord> DecideAsync(GroupId gid, DecisionRecord proposal, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.DecideInRegistry, [gid], () => registry.DecideAsync(gid, proposal, cancellationToken));

    public ValueTask DoneAsync(GroupId gid, IReadOnlyCollection<BranchId> branches, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.Acknowledge, [gid], () => registry.DoneAsync(gid, branches, cancellationToken));

    public ValueTask<IReadOnlyDictionary<GroupId, GroupSnapshot?>> ReadAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken) =>
        registry.ReadAsync(gids, cancellationToken);

    public ValueTask<IReadOnlyDictionary<GroupId, GroupFate>> FatesAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken) =>
        registry.FatesAsync(gids, cancellationToken);

    public ValueTask PushAsync(InstanceId instance, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken) =>
        registry.PushAsync(instance, messages, cancellationToken);

    /// <summary>Nothing is lost with an answer that is empty, so only messages about groups are struck.</summary>
    public async ValueTask<IReadOnlyList<InboxMessage>> ReceiveAsync(InstanceId instance, TimeSpan wait, CancellationToken cancellationToken)
    {
        var messages = await registry.ReceiveAsync(instance, wait, cancellationToken).ConfigureAwait(false);
        GroupId[] groups = [.. messages.OfType<InboxMessage.OfGroup>().Select(message => message.Gid)];
        if (groups.Length > 0)
            await faults.AfterAsync(FaultPoint.Receive, groups).ConfigureAwait(false);
        return messages;
    }

    public ValueTask RequestResolveAsync(FatName rootService, IReadOnlyList<ResolveRequest> requests, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.AskResolve, Gids(requests), () => registry.RequestResolveAsync(rootService, requests, cancellationToken));

    /// <inheritdoc cref="ReceiveAsync"/>
    public async ValueTask<IReadOnlyList<ResolveRequest>> TakeResolveRequestsAsync(FatName rootService, int most, CancellationToken cancellationToken)
    {
        var requests = await registry.TakeResolveRequestsAsync(rootService, most, cancellationToken).ConfigureAwait(false);
        if (requests.Count > 0)
            await faults.AfterAsync(FaultPoint.TakeResolve, Gids(requests)).ConfigureAwait(false);
        return requests;
    }

    public ValueTask IndexOpenAsync(FatName rootService, IReadOnlyList<OpenGroup> groups, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.Index, [.. groups.Select(group => group.Gid)], () => registry.IndexOpenAsync(rootService, groups, cancellationToken));

    public ValueTask UnindexAsync(FatName rootService, IReadOnlyCollection<GroupId> gids, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.Unindex, [.. gids], () => registry.UnindexAsync(rootService, gids, cancellationToken));

    public ValueTask<IReadOnlyList<OpenGroup>> OverdueAsync(FatName rootService, int most, CancellationToken cancellationToken) =>
        registry.OverdueAsync(rootService, most, cancellationToken);

    public ValueTask<IReadOnlyList<OpenGroup>> ListOpenAsync(FatName rootService, int skip, int most, CancellationToken cancellationToken) =>
        registry.ListOpenAsync(rootService, skip, most, cancellationToken);

    public ValueTask HeartbeatAsync(InstanceId instance, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.Heartbeat, [], () => registry.HeartbeatAsync(instance, cancellationToken));

    public ValueTask<IReadOnlyList<TimeSpan?>> SinceHeartbeatAsync(IReadOnlyList<InstanceId> instances, CancellationToken cancellationToken) =>
        registry.SinceHeartbeatAsync(instances, cancellationToken);

    public ValueTask LeaveAsync(InstanceId instance, CancellationToken cancellationToken) => registry.LeaveAsync(instance, cancellationToken);

    public ValueTask<string?> DurabilityProblemAsync(CancellationToken cancellationToken) => registry.DurabilityProblemAsync(cancellationToken);

    public ValueTask DisposeAsync() => registry.DisposeAsync();

    private static GroupId[] Gids(IReadOnlyList<ResolveRequest> requests) => [.. requests.Select(request => request.Gid)];

    private async ValueTask DoAsync(FaultPoint point, GroupId[] groups, Func<ValueTask> message)
    {
        await faults.BeforeAsync(point, groups).ConfigureAwait(false);
        await message().ConfigureAwait(false);
        await faults.AfterAsync(point, groups).ConfigureAwait(false);
    }

    private async ValueTask<T> DoAsync<T>(FaultPoint point, GroupId[] groups, Func<ValueTask<T>> message)
    {
        await faults.BeforeAsync(point, groups).ConfigureAwait(false);
        var answer = await message().ConfigureAwait(false);
        await faults.AfterAsync(point, groups).ConfigureAwait(false);
        return answer;
    }
}
