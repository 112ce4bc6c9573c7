using System.Collections.Immutable;
using System.Diagnostics;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>
/// One local transaction of a scope. Its method runs on a branch worker; the caller gets the business result as soon as it
/// is there, while the branch goes on to prepare and vote.
/// </summary>
internal sealed class Branch
{
    /// <summary>A lock that is not granted ends the wait before the branch's own time is over, so that the reason can be told (rule L6).</summary>
    public const double LockShare = 0.9;

    private readonly Scope _scope;
    private readonly BranchResource _resource;
    private readonly BranchCall _call;
    private readonly CancellationTokenSource _cancelled;
    private readonly TaskCompletionSource<object?> _result;
    private Task _life = Task.CompletedTask;
    private LockWatch? _watch;
    private TimeSpan _wait;
    private JournalledCall? _described;
    private BranchTimeline? _timeline;
    private Followers? _followers;

    public Branch(Scope scope, BranchId id, BranchResource resource, BranchCall call, CancellationToken callerToken)
    {
        _scope = scope;
        _resource = resource;
        _call = call;
        _result = new TaskCompletionSource<object?>(scope.Node.Background.Completion);
        _cancelled = CancellationTokenSource.CreateLinkedTokenSource(scope.Aborted, callerToken);
        Id = id;
    }

    public Scope Scope => _scope;

    public BranchId Id { get; }

    public FatName Database => _resource.Database.Name;

    public string Method => _call.Method;

    public TimeSpan WaitCommit => _call.WaitCommit ?? _scope.Node.Timings.WaitCommit;

    private TimeSpan WaitResult => _call.WaitResult ?? _scope.Node.Timings.WaitResult;

    /// <summary>Completes, and never fails, when the branch has voted, carries the decision, or is rolled back.</summary>
    public Task Settled => _life;

    /// <summary>The vote, once there is one to commit or roll back.</summary>
    public IVotedBranch? Voted { get; private set; }

    /// <summary>The transaction that it shares with other calls of its group, if it does.</summary>
    public JoinedTransaction? Joined { get; private set; }

    /// <summary>Its span, in which it also obeys.</summary>
    public ActivityContext Trace { get; private set; }

    /// <summary>The branches of other calls that obey, and acknowledge, along with this one.</summary>
    public ImmutableArray<BranchId> Others { get; private set; } = [];

    /// <summary>What happens to it, for the history; null before its method begins, and when nothing is remembered.</summary>
    public BranchTimeline? Timeline => _timeline;

    /// <summary>The same of all that share its transaction.</summary>
    public ImmutableArray<BranchTimeline> Timelines => Joined is { } joined ? joined.Timelines : _timeline is { } own ? [own] : [];

    /// <summary>What follows the end of its transaction, for all that share it.</summary>
    public ImmutableArray<Followers> Followers => [.. (Joined?.Members ?? [this]).Select(member => member._followers).OfType<Followers>()];

    /// <summary>As it votes.</summary>
    public VotingCall Call => new(_scope.PreparedName(Id), _described);

    /// <summary>The open transaction, when this branch carries the decision row.</summary>
    public LocalTransaction? Carrier { get; private set; }

    /// <summary>Starts the branch and returns the business result.</summary>
    public async Task<object?> RunAsync()
    {
        var wait = WaitResult;
        _life = LiveAsync();
        try
        {
            return await _result.Task.WaitAsync(wait, _scope.Node.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It came in that very moment; or the method's own work has timed out.
            if (_result.Task.IsCompleted)
                return await _result.Task.ConfigureAwait(false);

            // Rolled back: the group cannot commit any more, and the method is told to stop.
            var reason = $"No result within {wait.TotalMilliseconds:0} ms (WaitResult).{(_watch?.HolderAsync() is { IsCompleted: true } looked ? Held(await looked.ConfigureAwait(false)) : null)}";
            _scope.Abort(_call.Method, reason);
            throw _scope.AbortedException();
        }
    }

    /// <summary>The transaction that it shares, and is the first one in, has prepared, or wrote nothing.</summary>
    /// <param name="voted">The vote.</param>
    /// <param name="others">The other calls' branches that obey along with this one.</param>
    public void HasVoted(IVotedBranch? voted, ImmutableArray<BranchId> others) => (Voted, Others) = (voted, others);

    /// <summary>For the history: it has voted, and is over when there is nothing to commit.</summary>
    private void Remember(Vote vote)
    {
        _timeline?.Voted(vote);
        if (vote == Vote.ReadOnly)
            _timeline?.Finished(null);
    }

    /// <summary>The transaction that it shares is taken over for the decision row.</summary>
    public void Carries(LocalTransaction transaction) => Carrier = transaction;

    /// <summary>Its method begins to work in a transaction: its own, or, in its turn, one that it shares.</summary>
    public BranchFrame Enter(LocalTransaction transaction, JoinedTurns.Turn? turn = null)
    {
        var frame = BranchFrame.EnterWork(transaction, _call.Services, turn);
        _followers = frame.Followers;
        return frame;
    }

    /// <summary>The transaction has ended, with the work of all that share it: what follows it happens.</summary>
    public void Ended(Decision decision)
    {
        foreach (var followers in Followers)
            followers.Ended(decision);
    }

    private async Task LiveAsync()
    {
        // The caller waits from here on.
        var started = _scope.Node.Time.GetTimestamp();

        // Started by the caller, so that the method sees the caller's asynchronous context, but never on the caller's stack.
        await _scope.Node.Background.NextTurn();
        using var activity = FatActivity.StartBranch(_scope, Id, _call.Method, Database, _scope.Joins(_call));
        Trace = FatActivity.Here;
        try
        {
            // A method that waits for this one has a place already: if each needed one more, none would get it while all wait.
            if (BranchFrame.IsAtWork)
                await WorkAsync(started).ConfigureAwait(false);
            else
                await WorkInPlaceAsync(started).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Rolled back: either nothing was begun, or the transaction was rolled back where the exception passed.
            FatActivity.Failed(activity, exception, _scope.Node.Redaction);
            var stopped = exception is OperationCanceledException && _scope.IsAborted;
            var reason = await ExplainAsync(exception).ConfigureAwait(false);
            _scope.Abort(_call.Method, reason, exception);
            _timeline ??= _scope.Participant.History.Follow(this);
            _timeline?.Failed(stopped ? "It was stopped: its group is rolled back." : reason);
            if (Voted is null)
                _followers?.Ended(Decision.RolledBack);
            _result.TrySetException(exception);
            await _scope.BranchFailedAsync().ConfigureAwait(false);
        }
        finally
        {
            FatMeter.BranchRan(_scope.Node.Time.GetElapsedTime(started), _scope.Node.Service, Database);
            _watch?.Dispose();
            _cancelled.Dispose();
            _scope.BranchSettled();
        }
    }

    private async Task WorkInPlaceAsync(long started)
    {
        await _scope.Node.Workers.EnterAsync(_cancelled.Token).ConfigureAwait(false);
        try
        {
            await WorkAsync(started).ConfigureAwait(false);
        }
        finally
        {
            _scope.Node.Workers.Leave();
        }
    }

    private async Task WorkAsync(long started)
    {
        _timeline = _scope.Participant.History.Follow(this);

        // Waiting for a worker counts.
        var left = WaitResult - _scope.Node.Time.GetElapsedTime(started);
        _wait = left < _scope.Remaining ? left : _scope.Remaining;
        var joins = _scope.Joins(_call);

        // What only reads has nothing to lose, unless others write in the same transaction.
        if (joins || !_call.ReadOnly)
            _described = await _resource.DescribeAsync(_call.Describe, _cancelled.Token).ConfigureAwait(false);
        var settings = new TransactionSettings(_call.Isolation, _call.ReadOnly, _wait * LockShare);
        if (joins)
        {
            await JoinAsync(settings).ConfigureAwait(false);
            return;
        }

        var transaction = await LocalTransaction.BeginAsync(_resource.Database, _call.Services, settings, _cancelled.Token).ConfigureAwait(false);
        var keep = false;
        try
        {
            object? result = null;
            Watch(transaction);
            using (Enter(transaction))
                await transaction.RunAsync(_call.Services, async () => result = await _call.Body(_cancelled.Token).ConfigureAwait(false)).ConfigureAwait(false);
            if (_scope.IsAborted)
                throw new OperationCanceledException("The group is being rolled back.");
            _watch?.Dispose();
            _result.TrySetResult(result);
            if (!_call.ReadOnly && _scope.TryCarry(this))
            {
                Carrier = transaction;
                keep = !_scope.HasFailed;
                return;
            }

            await PrepareAsync(transaction).ConfigureAwait(false);
            keep = Voted is not null;
            Remember(keep ? Vote.Prepared : Vote.ReadOnly);
            FatMeter.Voted(_scope.Node.Service, keep, late: false);
        }
        finally
        {
            if (!keep)
                await transaction.DisposeAsync().ConfigureAwait(false);
        }

        await _scope.VotedAsync(this).ConfigureAwait(false);
    }

    private async Task PrepareAsync(LocalTransaction transaction)
    {
        using var activity = FatActivity.StartPrepare(_scope, Id, Database);
        try
        {
            Voted = await _resource.VoteAsync(transaction, [Call], _scope.Aborted).ConfigureAwait(false);
            FatActivity.Prepared(activity, Voted is not null);
        }
        catch (Exception exception)
        {
            // Rolled back by the caller, or, with a lost connection, by recovery.
            FatActivity.Failed(activity, exception, _scope.Node.Redaction);
            throw;
        }
    }

    /// <summary>The method begins to work in a transaction.</summary>
    public void Watch(LocalTransaction transaction) => _watch = LockWatch.Over(transaction, _resource, _wait, _scope.Node);

    /// <summary>What it has done waits in the shared transaction until the root tells that to prepare (rule S9).</summary>
    private async Task JoinAsync(TransactionSettings settings)
    {
        Joined = _scope.Participant.Joined.Of(_scope, _resource);
        object? result = null;
        await Joined.RunAsync(this, settings, _call.Services, async () => result = await _call.Body(_cancelled.Token).ConfigureAwait(false), _cancelled.Token)
            .ConfigureAwait(false);
        if (_scope.IsAborted)
            throw new OperationCanceledException("The group is being rolled back.");
        _watch?.Dispose();
        _scope.TryCarry(this);
        _result.TrySetResult(result);
    }

    private async Task<string> ExplainAsync(Exception exception) => exception switch
    {
        _ when FatDatabase.Failure(exception) is { } failure && _resource.Database.Dialect.IsLockTimeout(failure) =>
            $"A row lock on database '{Database}' was not granted in time ({failure.Message}).{Held(_watch is { } watch ? await watch.HolderAsync().ConfigureAwait(false) : null)}",
        OperationCanceledException when _cancelled.IsCancellationRequested => "Cancelled before its result was there.",
        FatException => exception.Message,
        _ => _resource.Database.Explain(exception),
    };

    private string? Held(LockHolder? holder) => holder is null ? null : $" {holder.Explain(_scope.Group)}";
}
