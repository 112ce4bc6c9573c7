using Fat.Decisions;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Coordination;

/// <content>The commit: the decision is written, and where that has no plain answer it is settled, or left in doubt.</content>
internal sealed partial class RootScope
{
    private Task _deciding = Task.CompletedTask;

    private async Task<FatScopeResult> CommitAsync()
    {
        // A process that was suspended may wake up here before its timers do.
        if (Remaining == TimeSpan.Zero)
            OutOfTime();
        try
        {
            Apply(new GroupEvent.Deciding());
        }
        catch (InvalidOperationException exception)
        {
            // Rolled back: an abort, or a branch that has not voted, came between the last look and this one.
            if (!IsAborted)
                Abort(Request.Name, $"The group changed as it was about to commit: {exception.Message}", exception);
            return await RollBackAsync().ConfigureAwait(false);
        }

        StopTimer();
        var record = new DecisionRecord(Decision.Committed, State.CommitSet);
        var began = Node.Time.GetTimestamp();
        var written = await DecideAsync(record).ConfigureAwait(false);
        DecisionRecord? first = null;
        var another = written.Result == DecisionResult.RolledBackByRecovery;
        if (another)
            (written, first) = await AnotherWasFirstAsync(written, record).ConfigureAwait(false);
        Apply(new GroupEvent.DecisionWritten(written.Result));
        if (written.Result == DecisionResult.Unknown && first is null && await SettleAsync(began).ConfigureAwait(false) is { } settled)
        {
            // Another's commit, while the root's own work was given up or is not part of it, leaves the root in doubt.
            if (settled.Decision == Decision.RolledBack)
                Apply(new GroupEvent.DecisionWritten(DecisionResult.Failed));
            else if (IsWhole(settled, record) && !(another && _carrier is not null))
                Apply(new GroupEvent.DecisionWritten(DecisionResult.Committed));
            first = settled;
        }

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
        FatActivity.Decided(activity, written.Result, written.Exception, Node.Redaction);
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
        var whole = _carrier is null && first is not null && IsWhole(first, own);
        return (new DecisionWrite(whole ? DecisionResult.Committed : DecisionResult.Unknown, written.Exception), first);
    }

    private static bool IsWhole(DecisionRecord first, DecisionRecord own) => own.Branches.All(branch => first.For(branch.Id) == Decision.Committed);

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
        _carrier?.Ended(Decision.Committed);
        _ = CarrierOverAsync();
        FatMeter.GroupEnded(Age, Node.Service, "committed");
        FatLog.Committed(Node.Logger, Group, Request.Name, record.Branches.Length);
        var local = new List<Task>();
        foreach (var branch in Branches)
        {
            if (branch.Voted is not null)
                local.Add(Participant.Waiting.FinishAsync(Participant.Wait(this, branch, vote: null), record));
        }

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
            reason = $"it is not known what became of the COMMIT of the group's only transaction, which is wholly there or not at all ({reason})";
        FatLog.RootInDoubt(Node.Logger, Group, Request.Name, Node.Redaction.Reason(Gid, Request.Name, reason), written.Exception);
        foreach (var branch in Branches)
        {
            if (branch.Voted is not null)
                Participant.Wait(this, branch, vote: null);
        }

        return new FatScopeResult(FatOutcome.InDoubt, new FatInDoubtException(Gid, reason, written.Exception), EmptyReply, Gid);
    }
}
