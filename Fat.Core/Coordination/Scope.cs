using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Fat.Context;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;
using Microsoft.Extensions.Logging;

namespace Fat.Coordination;

/// <summary>
/// One execution of a <c>[FatServiceRegister]</c> method or endpoint: its calls, its branches, and what is known of
/// everything below it. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and no link, so there is nothing to dispose, and early branches outlive the scope.")]
internal abstract class Scope : FatContext
{
    protected static readonly TimeSpan RollbackPatience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Branch> _branches = [];
    private readonly CancellationTokenSource _aborted = new();
    private readonly CancellationTokenRegistration _caller;
    private readonly ITimer _timer;
    private readonly long _began;
    private readonly TimeSpan _time;
    private GroupState _state = GroupState.Begun;
    private Exception? _cause;
    private int _calls;
    private int _strangers;
    private int _branchNumber;
    private int _unsettled;
    private bool _ended;
    private volatile bool _failed;
    private volatile bool _joined;

    protected Scope(Participant participant, GroupId group, CallId call, FatScopeRequest request, TimeSpan time, CancellationToken callerToken)
    {
        Participant = participant;
        Group = group;
        Id = Node.Ids.NewScope(call);
        Request = request;
        Trace = FatActivity.Here;
        _began = Node.Time.GetTimestamp();
        _time = time;
        _timer = Node.Time.CreateTimer(static scope => ((Scope)scope!).OutOfTime(), this, time, Timeout.InfiniteTimeSpan);
        _caller = callerToken.UnsafeRegister(static scope => ((Scope)scope!).Abort("The caller has cancelled the request."), this);
    }

    public Participant Participant { get; }

    public Node Node => Participant.Node;

    public GroupId Group { get; }

    public ScopeId Id { get; }

    public FatScopeRequest Request { get; }

    /// <summary>Its span.</summary>
    public ActivityContext Trace { get; }

    public override string Gid => Group.ToString();

    public override bool IsRoot => Id.Call.IsRoot;

    public override TimeSpan Remaining
    {
        get
        {
            var left = _time - Node.Time.GetElapsedTime(_began);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>When it began, by this process's monotonic clock.</summary>
    public long Began => _began;

    public TimeSpan Age => Node.Time.GetElapsedTime(_began);

    public override CancellationToken Aborted => _aborted.Token;

    public bool IsAborted => State.Abort is not null;

    public GroupState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    public abstract InstanceId RootInstance { get; }

    public abstract FatName DecisionDatabase { get; }

    /// <summary>
    /// The scope is being rolled back. Set before the branches are looked through, so that one that prepares at the same time
    /// either is seen or sees this.
    /// </summary>
    public bool HasFailed => _failed;

    /// <summary>Whether a branch of this scope works in a transaction that other calls share.</summary>
    protected bool HasJoined => _joined;

    /// <summary>The exception behind the first failure, when it was thrown in this process.</summary>
    protected Exception? Cause => _cause;

    /// <summary>The branches made so far.</summary>
    protected IReadOnlyList<Branch> Branches
    {
        get
        {
            lock (_gate)
                return [.. _branches];
        }
    }

    public PreparedName PreparedName(BranchId branch) => new(Group, branch, RootInstance.Service, DecisionDatabase);

    public override void Abort(string reason) => Abort(Request.Name, reason);

    public void Abort(string method, string reason, Exception? cause = null) =>
        Abort(AbortReason.Of(Node.Service.Text, method, reason), cause);

    public void Abort(AbortReason reason, Exception? cause = null)
    {
        lock (_gate)
        {
            if (_state.Abort is null)
                _cause = cause;
        }

        Apply(new GroupEvent.AbortAsked(reason));
    }

    public FatAbortedException AbortedException()
    {
        var reason = State.Abort ?? AbortReason.Of(Node.Service.Text, Request.Name, "Rolled back.");
        return new FatAbortedException(Gid, reason.Service, reason.Method, reason.Reason, _cause);
    }

    /// <summary>Runs a [FatTransaction] method as a branch of this scope and returns its business result.</summary>
    public Task<object?> RunBranchAsync(BranchCall call, CancellationToken callerToken)
    {
        var resource = Node.Databases.Find(call.Database);
        var joins = Joins(call);
        _joined |= joins;
        Branch branch;
        lock (_gate)
        {
            var id = Id.Branch(++_branchNumber);
            _state = GroupTransition.Apply(_state, new GroupEvent.BranchOpened(new BranchVote(id, Node.Instance, joins ? Vote.Joined : Vote.Pending)));
            branch = new Branch(this, id, resource, call, callerToken);
            _branches.Add(branch);
            _unsettled++;
        }

        return branch.RunAsync();
    }

    public bool Joins(BranchCall call) => (call.Join == FatJoin.Default ? Node.Join : call.Join) == FatJoin.Group;

    /// <summary>Whether a branch is to stay open and carry the decision row, instead of preparing.</summary>
    public abstract bool TryCarry(Branch branch);

    /// <summary>Called by a branch once it has prepared, or is over because it wrote nothing.</summary>
    public virtual async ValueTask VotedAsync(Branch branch)
    {
        Apply(new GroupEvent.BranchVoted(branch.Id, branch.Voted is null ? Vote.ReadOnly : Vote.Prepared));
        if (HasFailed && branch.Voted is not null)
        {
            await branch.Voted.FinishAsync(Decision.RolledBack).ConfigureAwait(false);
            branch.Timeline?.Finished(Decision.RolledBack);
            branch.Ended(Decision.RolledBack);
        }
    }

    /// <summary>Called by a branch that failed, when the scope knows its reason.</summary>
    public virtual ValueTask BranchFailedAsync() => ValueTask.CompletedTask;

    /// <summary>Called by a branch as its last act.</summary>
    public void BranchSettled() => Release(static scope => scope._unsettled--);

    /// <summary>The scope is over for its caller; early branches may still be preparing.</summary>
    public void Ended()
    {
        _caller.Unregister();
        Release(static scope => scope._ended = true);
    }

    public void Apply(GroupEvent happened)
    {
        bool aborts;
        lock (_gate)
        {
            var before = _state;
            _state = GroupTransition.Apply(before, happened);
            aborts = before.Abort is null && _state.Abort is not null;
        }

        Node.Watch.Happened(this, happened);

        if (aborts)
            _ = CancelAsync();
        Changed();
    }

    /// <summary>The call went to an endpoint that takes no part in groups; it does not count.</summary>
    public void CallWasStrange(CallId call)
    {
        Interlocked.Increment(ref _strangers);
        Apply(new GroupEvent.CallAnswered(call, null, [], []));
    }

    internal override FatRemoteCall BeginCall(string target)
    {
        CallId call;
        GroupEvent began;
        lock (_gate)
        {
            call = Id.Call.Child(++_calls);
            began = new GroupEvent.CallBegan(call, target);
            _state = GroupTransition.Apply(_state, began);
        }

        Node.Watch.Happened(this, began);

        BranchFrame.Called(call);
        LeavesProcess();
        var context = new RemoteContext(Group, call, RootInstance, DecisionDatabase, Remaining);
        var fields = Node.Signer.Write(context);
        if (FatActivity.Text(FatActivity.Here) is { } trace)
            fields[FatRemoteFields.Trace] = trace;
        return new ScopeCall(this, call, target, fields);
    }

    /// <summary>The scope has ended and so has every branch.</summary>
    protected abstract void Released();

    protected void Fail() => _failed = true;

    /// <summary>The deadline does not apply any more.</summary>
    protected void StopTimer() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>A call is about to carry the group to another process.</summary>
    protected abstract void LeavesProcess();

    /// <summary>The known set has changed.</summary>
    protected virtual void Changed()
    {
    }

    /// <summary>Compares the declared counts with what ran (a mismatch is a failure that names both numbers).</summary>
    protected string? CountProblem()
    {
        int calls, branches;
        lock (_gate)
        {
            calls = _calls - _strangers;
            branches = _branches.Count;
        }

        var declared = Request.Attribute;
        if (declared.ServiceCount != FatServiceRegisterAttribute.NotDeclared && declared.ServiceCount != calls)
            return $"ServiceCount declares {declared.ServiceCount} calls to other services, and {calls} were made.";
        if (declared.LocalTransactionCount != FatServiceRegisterAttribute.NotDeclared && declared.LocalTransactionCount != branches)
            return $"LocalTransactionCount declares {declared.LocalTransactionCount} local transactions, and {branches} ran.";
        return null;
    }

    protected ScopeRegistration Registration() => new(
        Group, Id, Node.Instance, Request.Name, Declared(Request.Attribute.ServiceCount), Declared(Request.Attribute.LocalTransactionCount),
        RootInstance, DecisionDatabase, Remaining)
    {
        Trace = FatActivity.Text(Trace),
    };

    /// <summary>Nothing is lost by it: the known set travels with the replies (rule S2). While the registry is away every scope comes here, and one now and then is told of.</summary>
    protected void NotRegistered(RegistryUnavailableException exception)
    {
        var level = Participant.NotRegistered.Level(LogLevel.Warning);
        FatLog.NotRegistered(Node.Logger, level, Group, Id, exception);
    }

    /// <summary>Waits until every branch has voted, carries, or is rolled back; a method that ignores its token is not waited for longer.</summary>
    protected async Task<bool> BranchesSettledAsync(TimeSpan most)
    {
        var settled = Task.WhenAll(Branches.Select(branch => Node.Background.Shared(branch.Settled)));
        try
        {
            await settled.WaitAsync(most, Node.Time, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The transactions that this scope's calls share with others of the group are rolled back: it cannot commit without this scope.</summary>
    protected Task RollBackJoinedAsync() => Task.WhenAll(Joined().Select(joined => joined.RollBackAsync()));

    protected IEnumerable<JoinedTransaction> Joined() => Branches.Select(branch => branch.Joined).OfType<JoinedTransaction>().Distinct();

    protected async Task BoundedAsync(Task work, TimeSpan most)
    {
        try
        {
            await work.WaitAsync(most, Node.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Decided: the branches go on being finished by the poll and by recovery.
        }
    }

    private static int? Declared(int count) => count == FatServiceRegisterAttribute.NotDeclared ? null : count;

    protected void OutOfTime() =>
        Abort(Request.Name, $"The group's time of {_time.TotalMilliseconds:0} ms is over.");

    private void Release(Action<Scope> change)
    {
        lock (_gate)
        {
            change(this);
            if (!_ended || _unsettled > 0)
                return;
        }

        _timer.Dispose();
        Released();
    }

    /// <summary>
    /// What is registered with the token runs elsewhere. A driver may ask a server to cancel that does not
    /// answer, and whoever aborts does not wait for that.
    /// </summary>
    private async Task CancelAsync()
    {
        try
        {
            await Node.Background.CancelAsync(_aborted).ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            // Rolled back all the same: what failed is only the application's own reaction to the cancellation.
            FatLog.CancellationFailed(Node.Logger, Group, exception);
        }
    }
}
