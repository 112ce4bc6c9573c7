using Fat.Context;
using Fat.Diagnostics;
using Fat.Faults;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Coordination;

/// <summary>
/// A scope that was entered through a call of another service. Its branches vote, in its reply or through the registry, and
/// then obey the decision of the root.
/// </summary>
internal sealed class ChildScope : Scope
{
    private readonly RemoteContext _context;
    private readonly bool _early;
    private readonly Task _registered;
    private int _fate;

    public ChildScope(Participant participant, RemoteContext context, FatScopeRequest request, CancellationToken callerToken)
        : base(participant, context.Gid, context.Call, request, context.Remaining, callerToken)
    {
        _context = context;
        var answer = request.Attribute.Answer == FatAnswer.Default ? Node.Answer : request.Attribute.Answer;
        _early = answer == FatAnswer.Early;
        _registered = RegisterAsync();
    }

    public override InstanceId RootInstance => _context.Root;

    public override FatName DecisionDatabase => _context.DecisionDatabase;

    /// <summary>When its group was last looked up in the registry.</summary>
    public long? LookedAt { get; set; }

    public override bool TryCarry(Branch branch) => false;

    private bool HasAnswered => Volatile.Read(ref _fate) == (int)Fate.Answered;

    private bool IsDuplicate => Volatile.Read(ref _fate) == (int)Fate.Duplicate;

    public override async ValueTask VotedAsync(Branch branch)
    {
        await base.VotedAsync(branch).ConfigureAwait(false);
        if (_early)
            await VoteEarlyAsync(branch).ConfigureAwait(false);
    }

    /// <summary>An early branch that fails behind the answer tells the root through the registry.</summary>
    public override async ValueTask BranchFailedAsync()
    {
        if (HasAnswered)
            await TellAsync(State.Abort!).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the scope. Returns the reply for the caller, and, for transports that return nothing, closes the scope in the
    /// registry.
    /// </summary>
    /// <param name="send">Given the reply fields, false when the transport cannot carry them back.</param>
    public async Task<FatScopeResult> EndAsync(Func<IReadOnlyDictionary<string, string>, bool> send)
    {
        if (CountProblem() is { } problem)
            Abort(problem);
        if (!_early && !IsAborted && !await BranchesSettledAsync(Remaining).ConfigureAwait(false))
            Abort("A branch had not voted when the group's time was over.");
        if (!TryMeet(Fate.Answered))
            return await FailAsync(send, tell: false).ConfigureAwait(false);
        if (IsAborted)
            return await FailAsync(send, tell: true).ConfigureAwait(false);

        Apply(new GroupEvent.MethodReturned());
        var state = State;
        var reply = new RemoteReply.Answered(Id, [.. state.PendingCalls], [.. state.Branches.Values]);
        var text = reply.Format();
        if (text.Length > FatRemoteFields.MaxLength)
        {
            Abort($"Too many branches below this call: naming them takes {text.Length} characters, {FatRemoteFields.MaxLength} are allowed.");
            return await FailAsync(send, tell: true).ConfigureAwait(false);
        }

        // Waiting begins before the vote leaves, so that no decision comes too early.
        var waiting = _early ? [] : WaitForDecision();
        var fields = Fields(text);
        if (Node.Address is { } address)
            fields[FatRemoteFields.Address] = address;
        await Node.Faults.BeforeAsync(FaultPoint.Answer, Group).ConfigureAwait(false);
        if (!send(fields))
            await CloseAsync(waiting).ConfigureAwait(false);
        await Node.Faults.AfterAsync(FaultPoint.Answer, Group).ConfigureAwait(false);
        return new FatScopeResult(FatOutcome.Answered, null, fields, Gid);
    }

    protected override void Released() => Participant.Scopes.Remove(this);

    protected override void LeavesProcess()
    {
        // It registered on entering.
    }

    /// <summary>Whichever comes first stays.</summary>
    private bool TryMeet(Fate fate) => Interlocked.CompareExchange(ref _fate, (int)fate, (int)Fate.Open) == (int)Fate.Open;

    private static Dictionary<string, string> Fields(string reply) => new(1, StringComparer.OrdinalIgnoreCase) { [FatRemoteFields.Reply] = reply };

    private async Task RegisterAsync()
    {
        // Not on the call's way: the method runs meanwhile.
        await Node.Background.NextTurn();
        try
        {
            var result = await Node.Registry.RegisterAsync(Registration(), CancellationToken.None).ConfigureAwait(false);
            if (result.Duplicate)
            {
                // Rolled back here only: the other execution counts (rule S8). Once this one has answered the root may count on it (rule S3).
                if (TryMeet(Fate.Duplicate))
                    Abort("This call has already run elsewhere; a request that arrives twice does not run its method twice.");
            }
            else if (result.Group.Abort is { } abort)
            {
                Abort(abort);
            }
            else if (result.Group.Decision is not null)
            {
                Abort("The group was already decided when this call arrived.");
            }
        }
        catch (RegistryUnavailableException exception)
        {
            NotRegistered(exception);
        }
    }

    private ScopeVotes Votes(bool closed) => new(
        Group, Id, Node.Instance, RootInstance, [.. State.Branches.Values], closed, [.. State.PendingCalls]);

    /// <summary>An early branch votes through the registry, by itself, while its caller has gone on.</summary>
    private async Task VoteEarlyAsync(Branch branch)
    {
        var vote = new ScopeVotes(Group, Id, Node.Instance, RootInstance, [State.Branches[branch.Id]], Closed: false, []);
        await Node.Background.Shared(_registered).ConfigureAwait(false);
        if (IsDuplicate)
        {
            if (branch.Voted is not null)
            {
                await branch.Voted.FinishAsync(Decision.RolledBack).ConfigureAwait(false);
                branch.Timeline?.Finished(Decision.RolledBack);
                branch.Ended(Decision.RolledBack);
            }

            return;
        }

        var waiting = branch.Voted is null ? null : Participant.Wait(this, branch, vote);
        using var activity = FatActivity.StartVote(Group, branch.Id, branch.Trace);
        try
        {
            var snapshot = await Node.Registry.VoteAsync(vote, CancellationToken.None).ConfigureAwait(false);
            if (waiting is not null && snapshot.Decision is { } decision)
                await Participant.Waiting.FinishAsync(waiting, decision).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // In doubt: it may have voted, so it waits for the decision, and votes again with the next poll.
            FatActivity.Failed(activity, exception, Node.Redaction);
            FatLog.NotVoted(Node.Logger, Group, branch.Id, exception);
        }
    }

    private List<WaitingBranch> WaitForDecision() =>
        [.. Branches.Where(branch => branch.Voted is not null).Select(branch => Participant.Wait(this, branch, vote: null))];

    /// <summary>The transport returns nothing: what the reply would have told goes through the registry.</summary>
    private async Task CloseAsync(List<WaitingBranch> waiting)
    {
        var votes = Votes(closed: true);
        foreach (var branch in waiting)
            branch.Vote = votes;
        try
        {
            await Node.Background.Shared(_registered).ConfigureAwait(false);
            await Node.Registry.VoteAsync(votes, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // In doubt: the branches wait, and close the scope again with the next poll; without any the root times out.
            FatLog.NotClosed(Node.Logger, Group, Id, exception);
        }
    }

    /// <summary>The scope failed. What has not voted rolls back; what may have voted waits for the decision (rule S3).</summary>
    private async Task<FatScopeResult> FailAsync(Func<IReadOnlyDictionary<string, string>, bool> send, bool tell)
    {
        var reason = State.Abort!;
        if (!_early)
            Fail();
        await BranchesSettledAsync(RollbackPatience).ConfigureAwait(false);
        var sharesWork = Joined().Any(joined => joined.Members.Any(member => member.Scope != this));
        await BoundedAsync(RollBackJoinedAsync(), RollbackPatience).ConfigureAwait(false);
        if (!_early)
        {
            // Prepared, and nobody was told: not a vote yet.
            foreach (var branch in Branches)
            {
                if (branch.Voted is not null)
                    await Participant.Waiting.FinishAsync(Participant.Wait(this, branch, vote: null), DecisionRecord.RolledBack).ConfigureAwait(false);
            }
        }

        FatLog.ChildFailed(Node.Logger, Group, Id, Request.Name, Node.Redaction.Reason(Gid, reason.Method, reason.Reason));
        var fields = Fields(new RemoteReply.Failed(reason).Format());
        // A duplicate's work cannot be taken out of what it shares with calls that count.
        if ((!send(fields) && tell) || sharesWork)
            await TellAsync(reason).ConfigureAwait(false);
        return new FatScopeResult(FatOutcome.RolledBack, AbortedException(), fields, Gid);
    }

    private async Task TellAsync(AbortReason reason)
    {
        try
        {
            await Node.Registry.AskAbortAsync(Group, RootInstance, reason, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // Undecided: the reply carries the reason as well, and without either the root times out.
            FatLog.AbortNotAsked(Node.Logger, Group, Id, exception);
        }
    }

    private enum Fate
    {
        Open,

        /// <summary>The reply is on its way: what it names obeys the decision.</summary>
        Answered,

        /// <summary>Another execution of this call came first, and nobody has heard of this one.</summary>
        Duplicate,
    }
}
