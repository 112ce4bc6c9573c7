using System.Collections.Immutable;
using Fat.Context;
using Fat.Decisions;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Coordination;

/// <summary>
/// The scope that begins a group and decides it (docs/protocol.md, "One group, step by step"). Nothing of the registry is on
/// its way to a commit unless a vote is missing when its method returns.
/// </summary>
internal sealed partial class RootScope : Scope
{
    /// <summary>A wait for less does not wait at all.</summary>
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private readonly bool _carries;
    private readonly Lazy<Task> _registered;
    private TaskCompletionSource? _changed;
    private Branch? _carrier;
    private int _look;
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

    /// <summary>Whether the registry may have a record of the group.</summary>
    public bool IsRegistered => _registered.IsValueCreated;

    /// <summary>
    /// Aborted and out of time, and so for good, while its method goes on whatever its token says: the others are not kept waiting for its end.
    /// </summary>
    public bool HasOverrun => IsAborted && Remaining == TimeSpan.Zero;

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
            NotRegistered(exception);
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
        Participant.Scopes.BeginsToWait(this);
        while (true)
        {
            var changed = Volatile.Read(ref _changed)!.Task;
            await EndJoiningAsync().ConfigureAwait(false);
            if (State is { CanCommit: true } or { Abort: not null })
                break;
            await TellJoinedAsync().ConfigureAwait(false);
            if (Interlocked.Exchange(ref _look, 0) != 0)
            {
                await AskAsync(async token => (await Node.Registry.ReadAsync([Group], token).ConfigureAwait(false))[Group]).ConfigureAwait(false);
                continue;
            }

            var left = wait - Node.Time.GetElapsedTime(started);
            if (left < TimerResolution)
                Abort(Missing(wait));
            else
                await ChangesAsync(changed, State.Joined.IsEmpty || left < Node.Timings.CommitPollInterval ? left : Node.Timings.CommitPollInterval).ConfigureAwait(false);
        }

        Participant.Scopes.WaitsNoMore(this);
        FatMeter.VotesWaited(Node.Time.GetElapsedTime(started), Node.Service);
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
        _carrier?.Ended(Decision.RolledBack);
        if (IsRegistered)
            _ = PublishRolledBackAsync(over);
        reason ??= State.Abort!;
        var error = new FatAbortedException(Gid, reason.Service, reason.Method, reason.Reason, cause ?? Cause);
        FatLog.RolledBack(Node.Logger, Group, Request.Name, reason.Service, reason.Method, Node.Redaction.Reason(Gid, reason.Method, reason.Reason));
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
