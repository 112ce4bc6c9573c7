using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>
/// Counts what a process sends to a Redis Cluster, a key a command (rules of docs/redis-keys.md), and hands it on. What is sent to many
/// groups or inboxes is so many commands there.
/// </summary>
internal sealed class CountingRegistry(IGroupRegistry inner, CommandCount count) : IGroupRegistry
{
    public ValueTask<RegistrationResult> RegisterAsync(ScopeRegistration registration, CancellationToken cancellationToken)
    {
        Group("register", registration.Gid);
        return inner.RegisterAsync(registration, cancellationToken);
    }

    public ValueTask<GroupFate> VoteAsync(ScopeVotes votes, CancellationToken cancellationToken)
    {
        Group("vote", votes.Gid);
        return inner.VoteAsync(votes, cancellationToken);
    }

    public ValueTask<GroupFate> AskAbortAsync(GroupId gid, InstanceId rootInstance, AbortReason reason, CancellationToken cancellationToken)
    {
        Group("abort", gid);
        count.Add("push", $"inbox:{rootInstance}");
        return inner.AskAbortAsync(gid, rootInstance, reason, cancellationToken);
    }

    public ValueTask<GroupSnapshot> SealAsync(GroupSeal seal, CancellationToken cancellationToken)
    {
        Group("seal", seal.Gid);
        return inner.SealAsync(seal, cancellationToken);
    }

    public ValueTask PublishAsync(GroupId gid, DecisionRecord decision, CancellationToken cancellationToken)
    {
        Group("publish", gid);
        foreach (var instance in decision.Branches.Select(branch => branch.Instance).Distinct())
            count.Add("push", $"inbox:{instance}");
        return inner.PublishAsync(gid, decision, cancellationToken);
    }

    public ValueTask<DecisionRecord> DecideAsync(GroupId gid, DecisionRecord proposal, CancellationToken cancellationToken)
    {
        Group("decide", gid);
        return inner.DecideAsync(gid, proposal, cancellationToken);
    }

    public ValueTask DoneAsync(GroupId gid, IReadOnlyCollection<BranchId> branches, CancellationToken cancellationToken)
    {
        Group("done", gid);
        return inner.DoneAsync(gid, branches, cancellationToken);
    }

    public ValueTask<IReadOnlyDictionary<GroupId, GroupSnapshot?>> ReadAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken)
    {
        foreach (var gid in gids)
            Group("read", gid);
        return inner.ReadAsync(gids, cancellationToken);
    }

    public ValueTask<IReadOnlyDictionary<GroupId, GroupFate>> FatesAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken)
    {
        foreach (var gid in gids)
            Group("look", gid);
        return inner.FatesAsync(gids, cancellationToken);
    }

    public ValueTask PushAsync(InstanceId instance, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count > 0)
            count.Add("push", $"inbox:{instance}");
        return inner.PushAsync(instance, messages, cancellationToken);
    }

    public ValueTask<IReadOnlyList<InboxMessage>> ReceiveAsync(InstanceId instance, TimeSpan wait, CancellationToken cancellationToken)
    {
        count.Add("receive", $"inbox:{instance}");
        return inner.ReceiveAsync(instance, wait, cancellationToken);
    }

    public ValueTask RequestResolveAsync(FatName rootService, IReadOnlyList<ResolveRequest> requests, CancellationToken cancellationToken)
    {
        if (requests.Count > 0)
            count.Add("ask", $"resolve:{rootService}");
        return inner.RequestResolveAsync(rootService, requests, cancellationToken);
    }

    public ValueTask<IReadOnlyList<ResolveRequest>> TakeResolveRequestsAsync(FatName rootService, int most, CancellationToken cancellationToken)
    {
        count.Add("take requests", $"resolve:{rootService}");
        return inner.TakeResolveRequestsAsync(rootService, most, cancellationToken);
    }

    public ValueTask IndexOpenAsync(FatName rootService, IReadOnlyList<OpenGroup> groups, CancellationToken cancellationToken)
    {
        if (groups.Count > 0)
            count.Add("index", $"open:{rootService}");
        return inner.IndexOpenAsync(rootService, groups, cancellationToken);
    }

    public ValueTask UnindexAsync(FatName rootService, IReadOnlyCollection<GroupId> gids, CancellationToken cancellationToken)
    {
        if (gids.Count > 0)
            count.Add("unindex", $"open:{rootService}");
        return inner.UnindexAsync(rootService, gids, cancellationToken);
    }

    public ValueTask<IReadOnlyList<OpenGroup>> OverdueAsync(FatName rootService, int most, CancellationToken cancellationToken)
    {
        count.Add("overdue", $"open:{rootService}");
        return inner.OverdueAsync(rootService, most, cancellationToken);
    }

    public ValueTask<IReadOnlyList<OpenGroup>> ListOpenAsync(FatName rootService, int skip, int most, CancellationToken cancellationToken) =>
        inner.ListOpenAsync(rootService, skip, most, cancellationToken);

    public ValueTask HeartbeatAsync(InstanceId instance, CancellationToken cancellationToken)
    {
        count.Add("heartbeat", "instances");
        return inner.HeartbeatAsync(instance, cancellationToken);
    }

    public ValueTask<IReadOnlyList<TimeSpan?>> SinceHeartbeatAsync(IReadOnlyList<InstanceId> instances, CancellationToken cancellationToken)
    {
        if (instances.Count > 0)
            count.Add("since", "instances");
        return inner.SinceHeartbeatAsync(instances, cancellationToken);
    }

    public ValueTask LeaveAsync(InstanceId instance, CancellationToken cancellationToken) => inner.LeaveAsync(instance, cancellationToken);

    public ValueTask<string?> DurabilityProblemAsync(CancellationToken cancellationToken) => inner.DurabilityProblemAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Group(string kind, GroupId gid) => count.Add(kind, gid.ToString());
}
