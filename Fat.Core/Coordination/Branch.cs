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
    private const double LockShare = 0.9;

    private readonly Scope _scope;
    private readonly BranchResource _resource;
    private readonly BranchCall _call;
    private readonly CancellationTokenSource _cancelled;
    private readonly TaskCompletionSource<object?> _result;
    private Task _life = Task.CompletedTask;

    public Branch(Scope scope, BranchId id, BranchResource resource, BranchCall call, CancellationToken callerToken)
    {
        _scope = scope;
        _resource = resource;
        _call = call;
        _result = new TaskCompletionSource<object?>(scope.Node.Background.Completion);
        _cancelled = CancellationTokenSource.CreateLinkedTokenSource(scope.Aborted, callerToken);
        Id = id;
    }

    public BranchId Id { get; }

    public FatName Database => _resource.Database.Name;

    public string Method => _call.Method;

    public TimeSpan WaitCommit => _call.WaitCommit ?? _scope.Node.Timings.WaitCommit;

    private TimeSpan WaitResult => _call.WaitResult ?? _scope.Node.Timings.WaitResult;

    /// <summary>Completes, and never fails, when the branch has voted, carries the decision, or is rolled back.</summary>
    public Task Settled => _life;

    /// <summary>The vote, once there is one to commit or roll back.</summary>
    public IVotedBranch? Voted { get; private set; }

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
        catch (TimeoutException) when (!_result.Task.IsCompleted)
        {
            // Rolled back: the group cannot commit any more, and the method is told to stop.
            var reason = $"No result within {wait.TotalMilliseconds:0} ms (WaitResult).";
            _scope.Abort(_call.Method, reason);
            throw _scope.AbortedException();
        }
    }

    private async Task LiveAsync()
    {
        // Started by the caller, so that the method sees the caller's asynchronous context, but never on the caller's stack.
        await _scope.Node.Background.NextTurn();
        using var activity = FatActivity.StartBranch(_scope, Id, _call.Method, Database);
        var started = _scope.Node.Time.GetTimestamp();
        try
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
        catch (Exception exception)
        {
            // Rolled back: either nothing was begun, or the transaction was rolled back where the exception passed.
            _scope.Abort(_call.Method, Explain(exception), exception);
            _result.TrySetException(exception);
            await _scope.BranchFailedAsync().ConfigureAwait(false);
        }
        finally
        {
            FatMeter.BranchRan(_scope.Node.Time.GetElapsedTime(started), _scope.Node.Service, Database);
            _cancelled.Dispose();
            _scope.BranchSettled();
        }
    }

    private async Task WorkAsync(long started)
    {
        // Waiting for a worker counts.
        var left = WaitResult - _scope.Node.Time.GetElapsedTime(started);
        var wait = left < _scope.Remaining ? left : _scope.Remaining;
        var described = await _resource.DescribeAsync(_call.Describe, _cancelled.Token).ConfigureAwait(false);
        var settings = new TransactionSettings(_call.Isolation, _call.ReadOnly, wait * LockShare);
        var transaction = await LocalTransaction.BeginAsync(_resource.Database, _call.Services, settings, _cancelled.Token).ConfigureAwait(false);
        var keep = false;
        try
        {
            object? result = null;
            using (BranchFrame.Enter(Database))
                await transaction.RunAsync(async () => result = await _call.Body(_cancelled.Token).ConfigureAwait(false)).ConfigureAwait(false);
            if (_scope.IsAborted)
                throw new OperationCanceledException("The group is being rolled back.");
            _result.TrySetResult(result);
            if (_scope.TryCarry(this))
            {
                Carrier = transaction;
                keep = !_scope.HasFailed;
                return;
            }

            Voted = await _resource.VoteAsync(transaction, _scope.PreparedName(Id), described, _scope.Aborted).ConfigureAwait(false);
            keep = Voted is not null;
        }
        finally
        {
            if (!keep)
                await transaction.DisposeAsync().ConfigureAwait(false);
        }

        await _scope.VotedAsync(this).ConfigureAwait(false);
    }

    private string Explain(Exception exception) => exception switch
    {
        _ when FatDatabase.Failure(exception) is { } failure && _resource.Database.Dialect.IsLockTimeout(failure) =>
            $"A row lock on database '{Database}' was not granted in time: another transaction holds the row, perhaps another branch of this group ({failure.Message}).",
        OperationCanceledException => "Cancelled before its result was there.",
        FatException => exception.Message,
        _ => _resource.Database.Explain(exception),
    };
}
