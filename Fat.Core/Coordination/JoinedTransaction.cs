using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>
/// One local transaction in which several calls of a group work, one at a time. It begins with the first of them and prepares when the
/// root says which calls count (rule S9); by the first one's branch it is named and votes, the others have nothing of their own to
/// commit. Not told, it rolls back when the group's time is over. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and no link, and the timer is disposed when it is over.")]
internal sealed class JoinedTransaction(Scope scope, BranchResource resource)
{
    private const string StillWorking = "A call still works in the transaction that the group's calls share, or it is being rolled back.";

    private readonly Lock _gate = new();
    private readonly JoinedTurns _turns = new(scope.Node.Background);
    private readonly Cancellation _ending = new(scope.Node.Background);
    private ImmutableArray<Branch> _members = [];
    private ITimer? _timer;
    private LocalTransaction? _transaction;
    private ScopeVotes? _votes;
    private volatile State _state;

    public GroupId Group => scope.Group;

    public FatName Database => resource.Database.Name;

    /// <summary>Whether it can still be told to prepare.</summary>
    public bool IsOpen => _state == State.Open;

    /// <summary>Those that have worked in it, the first one first.</summary>
    public ImmutableArray<Branch> Members
    {
        get
        {
            lock (_gate)
                return _members;
        }
    }

    /// <summary>What happens to each of them, for the history.</summary>
    public ImmutableArray<BranchTimeline> Timelines => [.. Members.Select(member => member.Timeline).OfType<BranchTimeline>()];

    private Node Node => scope.Node;

    private Participant Participant => scope.Participant;

    /// <summary>From now on it does not outlive the time of its group.</summary>
    public void EndsWithGroup() =>
        _timer = Node.Time.CreateTimer(static joined => ((JoinedTransaction)joined!).End(), this, scope.Remaining, Timeout.InfiniteTimeSpan);

    /// <summary>Runs one call's method in it. When that fails, all of it is rolled back.</summary>
    /// <exception cref="InvalidOperationException">It has prepared or is rolled back.</exception>
    /// <exception cref="FatConfigurationException">It was begun with a lower isolation level.</exception>
    public async Task RunAsync(
        Branch member, TransactionSettings settings, IServiceProvider services, Func<Task> body, CancellationToken cancellationToken)
    {
        using var turn = await _turns.EnterAsync(member.Id.Scope.Call, cancellationToken).ConfigureAwait(false);
        if (!IsOpen)
            throw new InvalidOperationException("The transaction that this call would join has already ended: its group is rolled back, or the call came too late.");
        lock (_gate)
            _members = _members.Add(member);
        try
        {
            var transaction = await BeginAsync(settings, services, cancellationToken).ConfigureAwait(false);
            member.Watch(transaction);
            using (member.Enter(transaction, turn))
                await transaction.RunAsync(services, body).ConfigureAwait(false);
        }
        catch
        {
            // Rolled back, along with the work of the calls before this one: without all of them the group cannot commit.
            await RollBackNowAsync(member).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The root has told this process, through its inbox, which calls count: prepares, and votes through the registry. Does not fail.</summary>
    public async Task VoteAsync(IEnumerable<BranchId> counting)
    {
        var (votes, failure) = await PrepareAsync(counting, CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (failure is not null)
                await Node.Registry.AskAbortAsync(Group, scope.RootInstance, failure, CancellationToken.None).ConfigureAwait(false);
            else if (votes is not null && (await SendAsync(votes).ConfigureAwait(false)).Decision is { } decision)
                Participant.Decided(Group, decision);
        }
        catch (RegistryUnavailableException exception)
        {
            // In doubt when it has prepared: it waits for the decision, and votes again with the next poll. Else the root waits in vain and rolls back.
            FatLog.NotClosed(Node.Logger, Group, scope.Id, exception);
        }
    }

    /// <summary>
    /// Prepares, if it is open; once it has, says so again. When it cannot, or holds the work of a call that does not count, it is rolled
    /// back, for the reason that is returned.
    /// </summary>
    public async Task<(ScopeVotes? Votes, AbortReason? Failure)> PrepareAsync(IEnumerable<BranchId> counting, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token, cancellationToken);
        if (await TurnAsync(either.Token).ConfigureAwait(false) is not { } turn)
            return (null, Reason(StillWorking));
        using (turn)
        {
            if (!IsOpen || _transaction is not { } transaction)
                return (_votes, null);
            if (Stranger(counting) is { } stranger)
                return (null, await FailAsync(stranger).ConfigureAwait(false));
            try
            {
                return (await PrepareAsync(transaction, either.Token).ConfigureAwait(false), null);
            }
            catch (Exception exception)
            {
                // Rolled back: no vote has left.
                return (null, await FailAsync(exception is FatException ? exception.Message : resource.Database.Explain(exception)).ConfigureAwait(false));
            }
        }
    }

    /// <summary>
    /// Ends the joining without preparing: the root takes the open transaction over, to write its decision in it. When it holds the work of a
    /// call that does not count, it is rolled back, for the reason that is returned.
    /// </summary>
    public async Task<(LocalTransaction? Transaction, AbortReason? Failure)> CarryAsync(IEnumerable<BranchId> counting, CancellationToken cancellationToken)
    {
        if (await TurnAsync(cancellationToken).ConfigureAwait(false) is not { } turn)
            return (null, Reason(StillWorking));
        using (turn)
        {
            if (!IsOpen)
                return (null, Reason("The transaction that the group's calls share was rolled back."));
            if (Stranger(counting) is { } stranger)
                return (null, await FailAsync(stranger).ConfigureAwait(false));
            _state = State.Carried;
            Forget();
            return (_transaction, null);
        }
    }

    /// <summary>Rolls back what has not voted, as soon as no call works in it. Does not fail.</summary>
    public async Task RollBackAsync()
    {
        if (!IsOpen)
            return;
        await _ending.RequestAsync().ConfigureAwait(false);
        using var turn = await _turns.EnterAsync(null, CancellationToken.None).ConfigureAwait(false);
        if (IsOpen)
            await RollBackNowAsync().ConfigureAwait(false);
    }

    /// <summary>The group is decided, or its time is over: what has voted obeys by itself, anything else is rolled back.</summary>
    public void End()
    {
        if (IsOpen)
            _ = RollBackAsync();
        else
            Forget();
    }

    private async Task<GroupFate> SendAsync(ScopeVotes votes)
    {
        using var activity = FatActivity.StartVote(Group, Members[0].Id, Members[0].Trace);
        try
        {
            return await Node.Registry.VoteAsync(votes, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // In doubt, as the caller says.
            FatActivity.Failed(activity, exception, Node.Redaction);
            throw;
        }
    }

    private async Task<JoinedTurns.Turn?> TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _turns.EnterAsync(null, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Rolled back: by whoever has cancelled, or by the time of the group.
            return null;
        }
    }

    private async Task<LocalTransaction> BeginAsync(TransactionSettings settings, IServiceProvider services, CancellationToken cancellationToken)
    {
        // The calls to come may write.
        settings = settings with { ReadOnly = false, Mark = BranchMark.Of(Group, Members[0].Id, Node.Instance) };
        if (_transaction is { } open)
        {
            open.RequireIsolation(settings.Isolation);

            // Lock waits end with the time that this call has left (rule L6).
            if (settings.LockTimeout is { } wait && resource.Database.Dialect.LockTimeout(wait) is { } again)
                await open.ExecuteAsync(again, [], cancellationToken).ConfigureAwait(false);
            return open;
        }

        _transaction = await LocalTransaction.BeginAsync(resource.Database, services, settings, cancellationToken).ConfigureAwait(false);
        return _transaction;
    }

    private async Task<ScopeVotes> PrepareAsync(LocalTransaction transaction, CancellationToken cancellationToken)
    {
        var members = Members;
        var first = members[0];
        using var activity = FatActivity.StartPrepare(Group, first.Id, Database, members.Length, first.Trace);
        var voted = await VoteAsync(transaction, members, activity, cancellationToken).ConfigureAwait(false);
        FatMeter.Voted(Node.Service, voted is not null, late: true);
        foreach (var member in members)
        {
            member.Timeline?.Voted(VoteOf(member, first, voted));
            if (voted is null)
                member.Timeline?.Finished(null);
        }

        var votes = new ScopeVotes(
            Group, first.Id.Scope, Node.Instance, scope.RootInstance,
            [.. members.Select(member => new BranchVote(member.Id, Node.Instance, VoteOf(member, first, voted)))],
            Closed: false, []);

        // Waiting begins before the vote can leave, so that no decision comes too early. A root waits for nobody.
        first.HasVoted(voted, [.. votes.Branches.Where(vote => vote.Vote == Vote.Prepared && vote.Id != first.Id).Select(vote => vote.Id)]);
        if (voted is not null && first.Scope is not RootScope)
            Participant.Wait(first.Scope, first, votes);
        _votes = votes;
        _state = State.Voted;
        return votes;
    }

    private async Task<IVotedBranch?> VoteAsync(LocalTransaction transaction, ImmutableArray<Branch> members, Activity? activity, CancellationToken cancellationToken)
    {
        try
        {
            var voted = await resource.VoteAsync(transaction, [.. members.Select(member => member.Call)], cancellationToken).ConfigureAwait(false);
            FatActivity.Prepared(activity, voted is not null);
            return voted;
        }
        catch (Exception exception)
        {
            // Rolled back by the caller.
            FatActivity.Failed(activity, exception, Node.Redaction);
            throw;
        }
    }

    /// <summary>
    /// A prepared transaction is the first call's; the others have nothing of their own to commit. Of a held one each call is written down, and what a
    /// crash takes is done again, by itself, so all of them are in the commit set.
    /// </summary>
    private static Vote VoteOf(Branch member, Branch first, IVotedBranch? voted) =>
        voted is not null && (member == first || voted is { IsDurable: false, IsFoundAgain: true }) ? Vote.Prepared : Vote.ReadOnly;

    /// <summary>
    /// A request that came twice and ran here too, while another execution of it counts (rule S8), cannot be taken out of the transaction again.
    /// </summary>
    private string? Stranger(IEnumerable<BranchId> counting)
    {
        if (Node.Breaks(BrokenRules.Joined))
            return null;
        var known = counting.ToHashSet();
        return Members.FirstOrDefault(member => !known.Contains(member.Id)) is { } stranger
            ? $"Branch {stranger.Id} has worked in the transaction that the group's calls share here, and its execution of call {stranger.Id.Scope.Call} does not count."
            : null;
    }

    private async Task<AbortReason> FailAsync(string reason)
    {
        await RollBackNowAsync().ConfigureAwait(false);
        return Reason(reason);
    }

    private AbortReason Reason(string reason) => AbortReason.Of(Node.Service.Text, Members.IsEmpty ? scope.Request.Name : Members[0].Method, reason);

    /// <summary>For who has the turn.</summary>
    /// <param name="failing">A member that tells of its failure itself.</param>
    private async Task RollBackNowAsync(Branch? failing = null)
    {
        _state = State.RolledBack;
        Forget();
        if (_transaction is { } transaction)
            await transaction.RollbackAsync().ConfigureAwait(false);
        foreach (var member in Members)
        {
            if (member != failing)
                member.Timeline?.Finished(Decision.RolledBack);
            member.Ended(Decision.RolledBack);
        }
    }

    private void Forget()
    {
        _timer?.Dispose();
        Participant.Joined.Remove(this);
    }

    private enum State
    {
        Open,
        Voted,
        Carried,
        RolledBack,
    }
}
