using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>
/// The registry of a process that is alone: tests, and services that share one process. Fault-free, and otherwise the same as the
/// one on Redis; both pass one contract suite. What it holds dies with the process.
/// </summary>
internal sealed class InMemoryGroupRegistry(InMemoryRegistryStore store) : IGroupRegistry
{
    public ValueTask<RegistrationResult> RegisterAsync(ScopeRegistration registration, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            var group = store.FindOrAdd(registration.Gid);
            var owns = group.Register(registration, store.Now);
            return new RegistrationResult(!owns, GroupFate.Of(group.Snapshot(store.Now)));
        }, cancellationToken);

    public ValueTask<GroupFate> VoteAsync(ScopeVotes votes, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            var group = store.FindOrAdd(votes.Gid);
            group.Vote(votes, store.Now);
            var snapshot = group.Snapshot(store.Now);
            if (group.IsReady())
                Push(votes.RootInstance, new InboxMessage.Ready(votes.Gid, [.. snapshot.Branches.Select(view => view.Branch)]));
            return GroupFate.Of(snapshot);
        }, cancellationToken);

    public ValueTask<GroupFate> AskAbortAsync(
        GroupId gid, InstanceId rootInstance, AbortReason reason, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            var group = store.FindOrAdd(gid);
            group.AskAbort(rootInstance, reason, store.Now);
            var fate = GroupFate.Of(group.Snapshot(store.Now));
            if (fate is { Decision: null, Abort: { } first })
                Push(rootInstance, new InboxMessage.AbortAsked(gid, first));
            return fate;
        }, cancellationToken);

    public ValueTask<GroupSnapshot> SealAsync(GroupSeal seal, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            var group = store.FindOrAdd(seal.Gid);
            group.Seal(seal, store.Now);
            return group.Snapshot(store.Now);
        }, cancellationToken);

    public ValueTask PublishAsync(GroupId gid, DecisionRecord decision, CancellationToken cancellationToken) =>
        store.Run(() =>
        {
            var group = store.FindOrAdd(gid);
            group.Publish(decision, store.Now);
            foreach (var (instance, message) in DecisionNews.Of(gid, group.Snapshot(store.Now)))
                Push(instance, message);
        }, cancellationToken);

    public ValueTask<DecisionRecord> DecideAsync(GroupId gid, DecisionRecord proposal, CancellationToken cancellationToken) =>
        store.Run(() => store.FindOrAdd(gid).Decide(proposal, store.Now), cancellationToken);

    public ValueTask DoneAsync(GroupId gid, IReadOnlyCollection<BranchId> branches, CancellationToken cancellationToken) =>
        store.Run(() => store.Find(gid)?.Done(branches, store.Now), cancellationToken);

    public ValueTask<IReadOnlyDictionary<GroupId, GroupSnapshot?>> ReadAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyDictionary<GroupId, GroupSnapshot?>>(() => gids.Distinct().ToDictionary(gid => gid, gid => store.Find(gid)?.Snapshot(store.Now)), cancellationToken);

    public ValueTask<IReadOnlyDictionary<GroupId, GroupFate>> FatesAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyDictionary<GroupId, GroupFate>>(
            () =>
            {
                var fates = new Dictionary<GroupId, GroupFate>();
                foreach (var gid in gids)
                {
                    if (store.Find(gid) is { } group && GroupFate.Of(group.Snapshot(store.Now)) is var fate and not { Decision: null, Abort: null })
                        fates[gid] = fate;
                }

                return fates;
            },
            cancellationToken);

    public ValueTask PushAsync(InstanceId instance, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken) =>
        store.Run(() => store.Inbox(instance).Push(messages, store.Now), cancellationToken);

    public async ValueTask<IReadOnlyList<InboxMessage>> ReceiveAsync(
        InstanceId instance, TimeSpan wait, CancellationToken cancellationToken)
    {
        var began = store.Time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task pushed;
            lock (store.Gate)
            {
                var inbox = store.Inbox(instance);
                var taken = inbox.Take(RegistryLimits.MessagesPerReceive, store.Now);
                if (taken.Count > 0)
                    return taken;
                pushed = inbox.NextPush();
            }

            var left = wait - store.Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                return [];
            try
            {
                await pushed.WaitAsync(left, store.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return [];
            }
        }
    }

    public ValueTask RequestResolveAsync(
        FatName rootService, IReadOnlyList<ResolveRequest> requests, CancellationToken cancellationToken) =>
        store.Run(() => store.Requests(rootService).Push(requests, store.Now), cancellationToken);

    public ValueTask<IReadOnlyList<ResolveRequest>> TakeResolveRequestsAsync(
        FatName rootService, int most, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<ResolveRequest>>(() => store.Requests(rootService).Take(most, store.Now), cancellationToken);

    public ValueTask IndexOpenAsync(FatName rootService, IReadOnlyList<OpenGroup> groups, CancellationToken cancellationToken) =>
        store.Run(() => store.Open(rootService).Add(groups, store.Now), cancellationToken);

    public ValueTask UnindexAsync(FatName rootService, IReadOnlyCollection<GroupId> gids, CancellationToken cancellationToken) =>
        store.Run(() => store.Open(rootService).Remove(gids), cancellationToken);

    public ValueTask<IReadOnlyList<OpenGroup>> OverdueAsync(FatName rootService, int most, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<OpenGroup>>(() => store.Open(rootService).Overdue(most, store.Now), cancellationToken);

    public ValueTask<IReadOnlyList<OpenGroup>> ListOpenAsync(FatName rootService, int skip, int most, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<OpenGroup>>(() => store.Open(rootService).List(skip, most, store.Now), cancellationToken);

    public ValueTask HeartbeatAsync(InstanceId instance, CancellationToken cancellationToken) =>
        store.Run(() => store.Heartbeat(instance), cancellationToken);

    public ValueTask<IReadOnlyList<TimeSpan?>> SinceHeartbeatAsync(
        IReadOnlyList<InstanceId> instances, CancellationToken cancellationToken) =>
        store.Run<IReadOnlyList<TimeSpan?>>(() => [.. instances.Select(store.SinceHeartbeat)], cancellationToken);

    public ValueTask LeaveAsync(InstanceId instance, CancellationToken cancellationToken) =>
        store.Run(() => store.Leave(instance), cancellationToken);

    public ValueTask<string?> DurabilityProblemAsync(CancellationToken cancellationToken) =>
        store.Run<string?>(() =>
            "The in-memory registry dies with the process and its decisions with it. Use Redis, or give the service a database.", cancellationToken);

    /// <summary>Nothing to release: the store is its owner's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Push(InstanceId instance, InboxMessage message) => store.Inbox(instance).Push([message], store.Now);
}
