using Fat.Protocol;

namespace Fat.Registry;

/// <summary>
/// The shared memory of all instances of all services: who takes part, who waits, wake up now. Trusted for liveness, never
/// for safety: any of it may be lost at any time, and what is missing is unknown, not rolled back (rule S6). Every operation
/// may be repeated after a lost answer without changing anything. Thread-safe.
/// </summary>
/// <exception cref="RegistryUnavailableException">
/// Thrown by every operation when the server cannot be reached, refuses, does not answer in time, or its answer cannot be read; the operation may or
/// may not have taken effect.
/// </exception>
internal interface IGroupRegistry : IAsyncDisposable
{
    /// <summary>
    /// Sent by a scope on entering. The first scope that registers under a call id owns it; a later one is told that it is a
    /// duplicate and is not recorded. Lost: the scope is not shown, and duplicates are only fenced by the commit set.
    /// </summary>
    ValueTask<RegistrationResult> RegisterAsync(ScopeRegistration registration, CancellationToken cancellationToken);

    /// <summary>
    /// Sent by an instance for its branches, when they have prepared or when the scope closes. When it completes what a
    /// sealed group waits for, the root's inbox gets <see cref="InboxMessage.Ready"/>. Lost: the instance votes again.
    /// </summary>
    ValueTask<GroupFate> VoteAsync(ScopeVotes votes, CancellationToken cancellationToken);

    /// <summary>
    /// Sent by whoever failed: the first reason stays. The root's inbox is told. Lost: the group ends by its time-outs.
    /// Nothing happens to a group that is already decided.
    /// </summary>
    ValueTask<GroupFate> AskAbortAsync(GroupId gid, InstanceId rootInstance, AbortReason reason, CancellationToken cancellationToken);

    /// <summary>Sent by a root that begins to wait. Lost: the root finds the votes by polling.</summary>
    ValueTask<GroupSnapshot> SealAsync(GroupSeal seal, CancellationToken cancellationToken);

    /// <summary>
    /// Sent by the root, and by recovery after the barrier insert, and by nobody else (rule S4). The inbox of every instance
    /// that owns a branch, by the decision or by the group's record, is told. The first decision stays. Lost: branches ask
    /// for resolution.
    /// </summary>
    ValueTask PublishAsync(GroupId gid, DecisionRecord decision, CancellationToken cancellationToken);

    /// <summary>
    /// Decides a group whose root has no database: the first decision stays and is returned. A group that the registry does
    /// not have is never committed. As durable as the registry.
    /// </summary>
    ValueTask<DecisionRecord> DecideAsync(GroupId gid, DecisionRecord proposal, CancellationToken cancellationToken);

    /// <summary>
    /// Sent when branches have obeyed the decision. When all of the commit set are done the record expires soon. Lost: the
    /// record stays until it expires, and the decision row until recovery has asked again.
    /// </summary>
    ValueTask DoneAsync(GroupId gid, IReadOnlyCollection<BranchId> branches, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the records of many groups in one batch; null where the registry has none. Groups whose part of the registry cannot be reached are
    /// missing from the answer; when none can, the operation fails.
    /// </summary>
    ValueTask<IReadOnlyDictionary<GroupId, GroupSnapshot?>> ReadAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken);

    /// <summary>
    /// Looks what has become of many groups in one batch: those that are decided or asked to abort, and no others. It costs a fraction of their records. Fails only when no part of the registry can be reached.
    /// </summary>
    ValueTask<IReadOnlyDictionary<GroupId, GroupFate>> FatesAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken);

    /// <summary>Adds messages to an instance's inbox, oldest first.</summary>
    ValueTask PushAsync(InstanceId instance, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Takes messages from the caller's own inbox, waiting at most <paramref name="wait"/> for the first. Empty when none came.
    /// One caller at a time for an instance. Messages taken by a process that then dies are lost.
    /// </summary>
    ValueTask<IReadOnlyList<InboxMessage>> ReceiveAsync(InstanceId instance, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Asks the instances of a service to resolve groups. Repeated requests for one group are harmless.</summary>
    ValueTask RequestResolveAsync(FatName rootService, IReadOnlyList<ResolveRequest> requests, CancellationToken cancellationToken);

    /// <summary>Takes requests for a service; each request goes to one taker.</summary>
    ValueTask<IReadOnlyList<ResolveRequest>> TakeResolveRequestsAsync(FatName rootService, int most, CancellationToken cancellationToken);

    /// <summary>Adds open groups of a service to the index by deadline (rule L3). The index may be stale.</summary>
    ValueTask IndexOpenAsync(FatName rootService, IReadOnlyList<OpenGroup> groups, CancellationToken cancellationToken);

    /// <summary>Removes groups from the index.</summary>
    ValueTask UnindexAsync(FatName rootService, IReadOnlyCollection<GroupId> gids, CancellationToken cancellationToken);

    /// <summary>Groups of a service that are past their deadline by the registry's clock, oldest first; they stay indexed.</summary>
    ValueTask<IReadOnlyList<OpenGroup>> OverdueAsync(FatName rootService, int most, CancellationToken cancellationToken);

    /// <summary>
    /// Groups of a service that are in the index, soonest deadline first, whether past or not; for operators. They may have ended
    /// meanwhile.
    /// </summary>
    ValueTask<IReadOnlyList<OpenGroup>> ListOpenAsync(FatName rootService, int skip, int most, CancellationToken cancellationToken);

    /// <summary>Tells that an instance is alive.</summary>
    ValueTask HeartbeatAsync(InstanceId instance, CancellationToken cancellationToken);

    /// <summary>How long ago each instance was last alive by the registry's clock; null where it is not known.</summary>
    ValueTask<IReadOnlyList<TimeSpan?>> SinceHeartbeatAsync(IReadOnlyList<InstanceId> instances, CancellationToken cancellationToken);

    /// <summary>Takes an instance that stops in good order out of the heartbeats and removes its empty inbox.</summary>
    ValueTask LeaveAsync(InstanceId instance, CancellationToken cancellationToken);

    /// <summary>
    /// How durable the registry's own decisions are: null when they survive, else what to change. Asked at start-up when a
    /// service has no database.
    /// </summary>
    ValueTask<string?> DurabilityProblemAsync(CancellationToken cancellationToken);
}
