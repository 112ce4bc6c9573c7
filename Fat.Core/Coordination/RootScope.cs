using System.Collections.Immutable;
using Fat.Context;
using Fat.Decisions;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>
/// The scope that begins a group and decides it (docs/protocol.md, "One group, step by step"). Nothing of the registry is on
/// its way to a commit unless a vote is missing when its method returns.
/// </summary>
internal sealed class RootScope : Scope
{
    private readonly bool _carries;
    /// <summary>A wait for less does not wait at all.</summary>
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private TaskCompletionSource? _changed;
    private Branch? _carrier;
    private Task _deciding = Task.CompletedTask;
    private readonly Lazy<Task> _registered;
    private int _left;
    private int _look;
    private volatile bool _waiting;
    private bool _joiningEnded;
    private long? _told;
    private volatile RegistryUnavailableException? _registryAway;

    public RootScope(Participant participant, FatScopeRequest request, CancellationToken callerToken)
        : base(participant, participant.Node.Ids.NewGroup(participant.Node.Time.GetUtcNow()), CallId.Root, request, Time(participant.Node, request), callerToken)
    {
        _changed = new TaskCompletionSource(Node.Background.Completion);
        DecisionDatabase = participant.Node.Databases.Decisions;
        _carries = DecisionDatabase != RegistryDecisionLog.Name;
        _registered = new Lazy<Task>(RegisterAsync);
    }

    public override InstanceId RootInstance => Node.Instance;

    public override FatName DecisionDatabase { get; }

    /// <summary>Whether a call has carried the group to another process.</summary>
    public bool HasLeft => Volatile.Read(ref _left) != 0;

    /// <summary>Whether the registry may have a record of the group.</summary>
    public bool IsRegistered => _registered.IsValueCreated;

    /// <summary>Whether the root waits for votes (stage 1).</summary>
    public bool IsWaiting => _waiting;

    /// <summary>How many branches the group has, as far as is known here; those that carry the decision are not in the known set any more.</summary>
    public int BranchCount
    {
        get
        {
            var known = State.Branches;
            return known.Count + Branches.Concat(_carrier?.Joined?.Members ?? []).Select(branch => branch.Id).Distinct().Count(id => !known.ContainsKey(id));
        }
    }

    /// <summary>The first branch on the decision database stays open and carries the row.</summary>
    public override bool TryCarry(Branch branch) =>
        _carries && branch.Database == DecisionDatabase && Interlocked.CompareExchange(ref _carrier, branch, null) is null;

    /// <summary>Ends the group: commits it when every call is answered well and every branch has voted, else rolls it back.</summary>
    public async Task<FatScopeResult> EndAsync()
    {
        var state = await ReadyAsync().ConfigureAwait(false);
        if (state.Abort is not null)
            return await RollBackAsync().ConfigureAwait(false);
        return await CommitAsync().ConfigureAwait(false);
    }

    protected override void Released() => Participant.Scopes.Remove(this);

    /// <remarks>Called from the base's constructor already when the caller has cancelled: nobody waits then.</remarks>
    protected override void Changed() =>
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(Node.Background.Completion))?.TrySetResult();

    /// <summary>
    /// Registers the group, once: before its first call, when it stays open, so that siblings see that its root is alive, and
    /// before it is decided in the registry. Does not fail.
    /// </summary>
    public Task EnsureRegisteredAsync() => Node.Background.Shared(_registered.Value);

    protected override void LeavesProcess()
    {
        Volatile.Write(ref _left, 1);

        // Sent, not waited for: a registry that is away does not hold up the group.
        _ = EnsureRegisteredAsync();
    }

    private static TimeSpan Time(Node node, FatScopeRequest request) => request.Attribute.TimeoutMilliseconds switch
    {
        <= 0 => node.Timings.GroupTimeout,
        > RemoteContext.MostMilliseconds => TimeSpan.FromMilliseconds(RemoteContext.MostMilliseconds),
        var milliseconds => TimeSpan.FromMilliseconds(milliseconds),
    };

    private async Task RegisterAsync()
    {
        try
        {
            await Node.Registry.RegisterAsync(Registration(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            FatLog.NotRegistered(Node.Logger, Group, Id, exception);
        }
    }

    /// <summary>Stage 1: waits until the group can commit or has to roll back.</summary>
    private async Task<GroupState> ReadyAsync()
    {
        if (CountProblem() is { } problem)
            Abort(problem);
        if (!IsAborted && !await BranchesSettledAsync(Remaining).ConfigureAwait(false))
            Abort("A local branch had not voted when the group's time was over.");
        if (_carrier is { Joined: null } carrier)
            Apply(new GroupEvent.BranchIsCommitPoint(carrier.Id));
        Apply(new GroupEvent.MethodReturned());
        if (HasJoined)
            await EndJoiningAsync().ConfigureAwait(false);
        if (State is { CanCommit: false, Abort: null })
            await VotesAsync().ConfigureAwait(false);
        return State;
    }

    private async Task VotesAsync()
    {
        using var activity = FatActivity.StartWait(this);
        var started = Node.Time.GetTimestamp();
        var wait = Remaining < Node.Timings.WaitCommit ? Remaining : Node.Timings.WaitCommit;
        await AskAsync(async token => await Node.Registry.SealAsync(Seal(), token).ConfigureAwait(false)).ConfigureAwait(false);
        _waiting = true;
        while (true)
        {
            var changed = Volatile.Read(ref _changed)!.Task;
            await EndJoiningAsync().ConfigureAwait(false);
            if (State is { CanCommit: true } or { Abort: not null })
                break;
            await TellJoinedAsync().ConfigureAwait(false);
            if (Interlocked.Exchange(ref _look, 0) != 0)
            {
                await AskAsync(async token => (await Node.Registry.ReadAsync([Group], token).ConfigureAwait(false))[0]).ConfigureAwait(false);
                continue;
            }

            var left = wait - Node.Time.GetElapsedTime(started);
            if (left < TimerResolution)
                Abort(Missing(wait));
            else
                await ChangesAsync(changed, State.Joined.IsEmpty || left < Node.Timings.CommitPollInterval ? left : Node.Timings.CommitPollInterval).ConfigureAwait(false);
        }

        _waiting = false;
        FatMeter.VotesWaited(Node.Time.GetElapsedTime(started), Node.Service);
    }

    /// <summary>
    /// Nothing more can join once every call is answered: what this scope's calls share here carries the decision, or prepares, if no other
    /// call has worked in it than those that count (rule S9).
    /// </summary>
    private async Task EndJoiningAsync()
    {
        if (_joiningEnded || State is { Abort: not null } || State.PendingCalls.Any())
            return;
        _joiningEnded = true;
        if (!HasJoined)
            return;
        using var bounded = new Cancellation(Node.Background, Remaining < Node.Timings.WaitCommit ? Remaining : Node.Timings.WaitCommit, Node.Time);
        foreach (var joined in Joined())
        {
            if (joined == _carrier?.Joined)
                await CarryAsync(_carrier, joined, bounded.Token).ConfigureAwait(false);
            else if (joined.Members[0].Scope == this)
                await PrepareAsync(joined, bounded.Token).ConfigureAwait(false);
        }
    }

    private async Task CarryAsync(Branch carrier, JoinedTransaction joined, CancellationToken cancellationToken)
    {
        var (transaction, failure) = await joined.CarryAsync(State.Branches.Keys, cancellationToken).ConfigureAwait(false);
        if (transaction is null)
        {
            Abort(failure!);
            return;
        }

        carrier.Carries(transaction);
        foreach (var member in joined.Members)
            Apply(new GroupEvent.BranchIsCommitPoint(member.Id));
    }

    private async Task PrepareAsync(JoinedTransaction joined, CancellationToken cancellationToken)
    {
        var (votes, failure) = await joined.PrepareAsync(State.Branches.Keys, cancellationToken).ConfigureAwait(false);
        if (failure is not null)
            Abort(failure);
        foreach (var vote in votes?.Branches ?? [])
            Apply(new GroupEvent.BranchVoted(vote.Id, vote.Vote));
    }

    /// <summary>Tells the processes whose transactions wait for it to prepare; again with every look, for messages are hints (rule L1).</summary>
    private async Task TellJoinedAsync()
    {
        var state = State;
        if (!_joiningEnded || state.Joined.IsEmpty || (_told is { } told && Node.Time.GetElapsedTime(told) < Node.Timings.CommitPollInterval))
            return;
        _told = Node.Time.GetTimestamp();
        try
        {
            foreach (var instance in state.Joined.GroupBy(branch => branch.Instance))
            {
                var counting = state.Branches.Values.Where(branch => branch.Instance == instance.Key);
                await Node.Registry.PushAsync(instance.Key, [new InboxMessage.Prepare(Group, [.. counting])], CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (RegistryUnavailableException exception)
        {
            // Undecided: told again until WaitCommit is over.
            _registryAway = exception;
            FatLog.VotesNotRead(Node.Logger, Group, exception);
        }
    }

    private async Task ChangesAsync(Task changed, TimeSpan most)
    {
        try
        {
            await changed.WaitAsync(most, Node.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Undecided: those who have not voted are told again, until WaitCommit is over.
        }
    }

    private string Missing(TimeSpan waited)
    {
        var state = State;
        var votes = string.Join(", ", state.MissingVotes.Take(8));
        var calls = string.Join(", ", state.Calls.Values.Where(call => !call.Answered).Take(8).Select(call => $"{call.Id} ({call.Target})"));
        return $"After {waited.TotalMilliseconds:0} ms (WaitCommit) there were votes missing" +
            (votes.Length > 0 ? $" of branches {votes}" : string.Empty) + (calls.Length > 0 ? $"; calls without an end: {calls}" : string.Empty) + "." +
            (_registryAway is { } away ? $" {away.Message} Early votes travel through it; prepared answers (Fat:Answer) do not need it." : string.Empty);
    }

    /// <summary>The registry says that the votes are in. Calls that nobody answered are not among them: those are looked up.</summary>
    public void VotesAreIn(ImmutableArray<BranchVote> votes)
    {
        if (!State.PendingCalls.Any())
            Apply(new GroupEvent.RegistryRead(new GroupSnapshot { Branches = [.. votes.Select(vote => new BranchView(vote, Done: false))] }));
        if (State.CanCommit)
            return;
        Volatile.Write(ref _look, 1);
        Changed();
    }

    private GroupSeal Seal()
    {
        var state = State;
        return new GroupSeal(Group, Node.Instance, [.. state.MissingVotes], [.. state.PendingCalls]);
    }

    private async Task AskAsync(Func<CancellationToken, Task<GroupSnapshot?>> ask)
    {
        try
        {
            var answer = await ask(CancellationToken.None).ConfigureAwait(false);
            _registryAway = null;
            if (answer is not { } snapshot)
                return;
            Apply(new GroupEvent.RegistryRead(snapshot));
            if (Node.Breaks(BrokenRules.KnownSet))
                Apply(new GroupEvent.RegistryBelieved(snapshot)); // Rule S2 switched off by the torture run.
        }
        catch (RegistryUnavailableException exception)
        {
            // Undecided: the votes may still be found by polling until WaitCommit is over.
            _registryAway = exception;
            FatLog.VotesNotRead(Node.Logger, Group, exception);
        }
    }

    private async Task<FatScopeResult> CommitAsync()
    {
        // A process that was suspended may wake up here before its timers do.
        if (Remaining == TimeSpan.Zero)
            OutOfTime();
        try
        {
            Apply(new GroupEvent.Deciding());
        }
        catch (InvalidOperationException) when (IsAborted)
        {
            // Rolled back: an abort came between the last look and this one.
            return await RollBackAsync().ConfigureAwait(false);
        }

        StopTimer();
        var record = new DecisionRecord(Decision.Committed, State.CommitSet);
        var began = Node.Time.GetTimestamp();
        var written = await DecideAsync(record).ConfigureAwait(false);
        DecisionRecord? first = null;
        if (written.Result == DecisionResult.RolledBackByRecovery)
            (written, first) = await AnotherWasFirstAsync(written, record).ConfigureAwait(false);
        Apply(new GroupEvent.DecisionWritten(written.Result));
        if (written.Result == DecisionResult.Unknown && first is null && await SettleAsync(began).ConfigureAwait(false) is { } settled)
            Apply(new GroupEvent.DecisionWritten(settled.Decision == Decision.Committed ? DecisionResult.Committed : DecisionResult.Failed));
        return State.Phase switch
        {
            GroupPhase.Committed => await CommittedAsync(first ?? record).ConfigureAwait(false),
            GroupPhase.RolledBack => await DecisionFailedAsync(written).ConfigureAwait(false),
            _ => InDoubt(written),
        };
    }

    private async Task<DecisionWrite> DecideAsync(DecisionRecord record)
    {
        using var activity = FatActivity.StartDecide(this);
        var written = await WriteAsync(record).ConfigureAwait(false);
        FatActivity.Decided(activity, written.Result, written.Exception);
        return written;
    }

    private async Task<DecisionWrite> WriteAsync(DecisionRecord record)
    {
        var carrier = _carrier?.Carrier;
        if (carrier is null && record.Branches.IsEmpty)
            return new DecisionWrite(DecisionResult.Committed);
        if (!_carries)
            await EnsureRegisteredAsync().ConfigureAwait(false);

        // A commit that does not answer is in doubt, not failed: rule S5 follows.
        using var bounded = new Cancellation(Node.Background, Node.Timings.WaitCommit, Node.Time);
        var log = Node.Databases.Log(DecisionDatabase)!;
        var deciding = log.CommitAsync(Group, record.Branches, carrier, bounded.Token);
        _deciding = deciding;
        try
        {
            // A driver may wait for a server that is silent, whatever the token says. One clock for both: what was not sent by then never is.
            return await deciding.WaitAsync(bounded.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            return new DecisionWrite(
                DecisionResult.Unknown, new TimeoutException($"No answer within {Node.Timings.WaitCommit.TotalMilliseconds:0} ms (WaitCommit).", exception));
        }
    }

    /// <summary>Gives the root's own connection back, as soon as nothing runs on it: what a COMMIT has not done by then, it does not do.</summary>
    private async Task CarrierOverAsync()
    {
        if (_carrier?.Carrier is not { } carrier)
            return;
        await _deciding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await carrier.RollbackAsync().ConfigureAwait(false);
        foreach (var carried in _carrier.Timelines)
            carried.Finished(Decision.RolledBack);
    }

    /// <summary>
    /// The row that is there is recovery's roll back, as a rule. An operator may have forced a commit (rule L4): then the branches obey
    /// that, and the root says committed only when nothing of its own is missing from it.
    /// </summary>
    private async Task<(DecisionWrite Written, DecisionRecord? First)> AnotherWasFirstAsync(DecisionWrite written, DecisionRecord own)
    {
        using var bounded = new Cancellation(Node.Background, Node.Timings.WaitCommit, Node.Time);
        DecisionRecord? first = null;
        try
        {
            first = await Node.Databases.Log(DecisionDatabase)!.ReadAsync(Group, bounded.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // In doubt, with the same end as a decision that cannot be read.
        }

        if (first?.Decision == Decision.RolledBack)
            return (written, null);
        if (_carrier?.Carrier is { } carrier)
            await carrier.RollbackAsync().ConfigureAwait(false);
        var whole = _carrier is null && first is not null && own.Branches.All(branch => first.For(branch.Id) == Decision.Committed);
        return (new DecisionWrite(whole ? DecisionResult.Committed : DecisionResult.Unknown, written.Exception), first);
    }

    /// <summary>Rule S5 for an ambiguous commit: never guessed. Null when it cannot be told within WaitCommit.</summary>
    private async Task<DecisionRecord?> SettleAsync(long began)
    {
        if (State.CommitSet.IsEmpty)
            return null;
        var log = Node.Databases.Log(DecisionDatabase)!;
        using var bounded = new Cancellation(Node.Background, Node.Timings.WaitCommit, Node.Time);
        while (!bounded.IsRequested)
        {
            try
            {
                if (await log.ResolveAsync(Group, bounded.Token).WaitAsync(bounded.Token).ConfigureAwait(false) is { } record)
                {
                    // Slept for long: the group may have been committed, obeyed by all and forgotten since.
                    return record.Decision == Decision.Committed || Node.Time.GetElapsedTime(began) < Node.Timings.AbsenceTrusted ? record : null;
                }

                await Task.Delay(Node.Timings.CommitPollInterval, Node.Time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Still in doubt.
            }
        }

        return null;
    }

    private async Task<FatScopeResult> CommittedAsync(DecisionRecord record)
    {
        foreach (var carried in _carrier?.Timelines ?? [])
            carried.Finished(Decision.Committed);
        _ = CarrierOverAsync();
        FatMeter.GroupEnded(Age, Node.Service, "committed");
        FatLog.Committed(Node.Logger, Group, Request.Name, record.Branches.Length);
        var local = new List<Task>();
        foreach (var branch in Branches)
        {
            if (branch.Voted is not null)
                local.Add(Participant.Waiting.FinishAsync(Participant.Wait(this, branch, vote: null), record));
        }

        Participant.Ends.Ended(Group, Decision.Committed);
        if (IsRegistered)
            Participant.Publisher.Publish(Group, record);
        if (local.Count > 0)
        {
            // Not needed for atomicity: who asks this service next sees all of it.
            await BoundedAsync(Task.WhenAll(local), Node.Timings.WaitCommit).ConfigureAwait(false);
            if (!IsRegistered && !Branches.Any(branch => branch.Voted is not null && Participant.Waiting.Has(Group, branch.Id)))
                Participant.FinishedLocally.Add(Group);
        }

        return new FatScopeResult(FatOutcome.Committed, null, EmptyReply, Gid);
    }

    private async Task<FatScopeResult> DecisionFailedAsync(DecisionWrite written)
    {
        if (State.Abort is null)
        {
            // The phase does not take an abort any more, so the reason is told here.
            var text = $"The decision could not be written: {(written.Exception is { } failure ? Node.Databases.Explain(DecisionDatabase, failure) : "refused")}";
            return await RollBackAsync(AbortReason.Of(Node.Service.Text, _carrier?.Method ?? Request.Name, text), written.Exception).ConfigureAwait(false);
        }

        return await RollBackAsync().ConfigureAwait(false);
    }

    private FatScopeResult InDoubt(DecisionWrite written)
    {
        foreach (var carried in _carrier?.Timelines ?? [])
            carried.Unknown();
        _ = CarrierOverAsync();
        FatMeter.GroupEnded(Age, Node.Service, "in_doubt");
        var reason = written.Exception is { } failure
            ? Node.Databases.Explain(DecisionDatabase, failure)
            : "the decision database does not answer, or holds an operator's decision that is not this root's";
        if (State.CommitSet.IsEmpty)
            reason = $"the connection was lost during the COMMIT of the group's only transaction, which is therefore wholly there or not at all ({reason})";
        FatLog.RootInDoubt(Node.Logger, Group, Request.Name, reason, written.Exception);
        foreach (var branch in Branches)
        {
            if (branch.Voted is not null)
                Participant.Wait(this, branch, vote: null);
        }

        return new FatScopeResult(FatOutcome.InDoubt, new FatInDoubtException(Gid, reason, written.Exception), EmptyReply, Gid);
    }

    /// <summary>Rolls back here, then tells the others: nobody hears of it before the local transaction is over (rule S4).</summary>
    private async Task<FatScopeResult> RollBackAsync(AbortReason? reason = null, Exception? cause = null)
    {
        FatMeter.GroupEnded(Age, Node.Service, "rolled_back");
        Fail();
        await BranchesSettledAsync(RollbackPatience).ConfigureAwait(false);
        var over = Task.WhenAll(CarrierOverAsync(), RollBackJoinedAsync());
        await BoundedAsync(over, RollbackPatience).ConfigureAwait(false);
        var local = new List<Task>();
        foreach (var branch in Branches)
        {
            if (branch.Voted is not null)
                local.Add(Participant.Waiting.FinishAsync(Participant.Wait(this, branch, vote: null), DecisionRecord.RolledBack));
        }

        await BoundedAsync(Task.WhenAll(local), RollbackPatience).ConfigureAwait(false);
        Participant.Ends.Ended(Group, Decision.RolledBack);
        if (IsRegistered)
            _ = PublishRolledBackAsync(over);
        reason ??= State.Abort!;
        var error = new FatAbortedException(Gid, reason.Service, reason.Method, reason.Reason, cause ?? Cause);
        FatLog.RolledBack(Node.Logger, Group, Request.Name, reason.Service, reason.Method, reason.Reason);
        return new FatScopeResult(FatOutcome.RolledBack, error, EmptyReply, Gid);
    }

    /// <summary>A server that is silent may keep the local transaction longer than the caller is kept.</summary>
    private async Task PublishRolledBackAsync(Task over)
    {
        await over.ConfigureAwait(false);
        Participant.Publisher.Publish(Group, new DecisionRecord(Decision.RolledBack, [.. State.Branches.Values.Where(branch => branch.Instance != Node.Instance)]));
    }

    private static Dictionary<string, string> EmptyReply => [];
}
