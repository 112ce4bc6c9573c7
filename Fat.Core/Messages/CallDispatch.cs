using System.Diagnostics;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>Makes the calls of one message as far as they succeed, and says when it goes on.</summary>
internal sealed class CallDispatch(MessageCenter center, BranchCaller caller, Dispatch dispatch, Alerts alerts)
{
    private readonly CallSlots _slots = new(center.Options.Concurrency, center.Options.RetryLimit, center.Node.Time);

    public async Task<WorkResult> RunAsync(TakenItem item, CancellationToken cancellationToken)
    {
        if (CallWork.Read(item.Body) is not { } work || !MessageId.TryParse(work.Gid, out var id))
            return new WorkResult(new WorkEnd(item.Hold, WorkOutcome.SetAside) { Reason = "Its content cannot be read by this version." });
        var message = work.Document;
        var done = work.Done.ToHashSet(StringComparer.Ordinal);
        if (!work.Delivered)
        {
            await dispatch.DeliverAsync(id, message, done, cancellationToken).ConfigureAwait(false);
            work = work with { Delivered = true };
        }

        var open = message.Calls.Where(branch => !done.Contains(branch.Id)).ToList();
        var results = message.Concurrent
            ? await TogetherAsync(id, open, message, cancellationToken).ConfigureAwait(false)
            : await InOrderAsync(id, open, message, cancellationToken).ConfigureAwait(false);
        var news = new List<BranchNews>(results.Count);
        foreach (var (branch, result) in results.Where(one => one.Result.Outcome == CallOutcome.Success))
        {
            done.Add(branch.Id);
            news.Add(new BranchNews(id, branch.Id, BranchState.Consumed, work.AttemptAt(branch.Id), null) { Fence = item.Hold.Fence });
        }

        var failed = results.Where(one => one.Result.Outcome is CallOutcome.Failure or CallOutcome.Temporary).ToList();
        var waiting = results.FirstOrDefault(one => one.Result.Outcome == CallOutcome.Ongoing);
        var refused = results.FirstOrDefault(one => one.Result.Outcome == CallOutcome.NotMade);
        var failures = failed.Count == 0 ? 0 : news.Count > 0 ? 1 : work.Failures + 1;
        news.AddRange(failed.Select(one => new BranchNews(id, one.Branch.Id, BranchState.Waiting, work.AttemptAt(one.Branch.Id), one.Result.Reason) { Fence = item.Hold.Fence }));
        foreach (var (branch, result) in failed)
            alerts.Failed(new FatMessageAlert(id.Text, branch.Id, message.Service, BranchCaller.Target(branch), work.AttemptAt(branch.Id), IsFinal: false, result.Reason!));
        var end = End(item.Hold, message, failures, failed.Count > 0 ? failed[0].Result.Reason : null, waiting.Branch is null ? null : waiting.Result.Reason, refused.Result, work.Failures);
        return new WorkResult(end.Outcome == WorkOutcome.Done ? end : end with { Body = Left().Write() })
        {
            Service = center.Node.Service,
            News = news,
        };

        CallWork Left() => work.WithFailures(failed.Select(one => one.Branch.Id)) with { Done = [.. done], Failures = failed.Count == 0 && (waiting.Branch ?? refused.Branch) is not null ? work.Failures : failures };
    }

    private WorkEnd End(WorkHold hold, MessageDocument message, int failures, string? failed, string? ongoing, CallResult refused, int before)
    {
        var first = message.Retry is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : center.Options.RetryInterval;
        if (failed is not null)
            return new WorkEnd(hold, WorkOutcome.Failed) { Delay = Backoff.Pause(first, center.Options.RetryLimit, failures, MessageCenter.Chance()), Reason = failed };
        if (ongoing is not null)
            return new WorkEnd(hold, WorkOutcome.Again) { Delay = Backoff.Pause(first, center.Options.RetryLimit, Math.Max(1, before), MessageCenter.Chance()), Reason = ongoing };
        if (refused.Outcome == CallOutcome.NotMade)
            return new WorkEnd(hold, WorkOutcome.Again) { Delay = refused.Pause, Reason = refused.Reason };
        return new WorkEnd(hold, WorkOutcome.Done);
    }

    private async Task<IReadOnlyList<(MessageBranch Branch, CallResult Result)>> TogetherAsync(
        MessageId id, List<MessageBranch> open, MessageDocument message, CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(open.GroupBy(Address, StringComparer.Ordinal).Select(calls => MakeAsync(id, calls.Key, [.. calls], message, cancellationToken))).ConfigureAwait(false);
        return [.. results.SelectMany(made => made)];
    }

    private async Task<IReadOnlyList<(MessageBranch Branch, CallResult Result)>> InOrderAsync(
        MessageId id, List<MessageBranch> open, MessageDocument message, CancellationToken cancellationToken)
    {
        var results = new List<(MessageBranch, CallResult)>(open.Count);
        foreach (var branch in open)
        {
            var made = await MakeAsync(id, Address(branch), [branch], message, cancellationToken).ConfigureAwait(false);
            results.AddRange(made);
            if (made[0].Result.Outcome != CallOutcome.Success)
                break;
        }

        return results;
    }

    /// <summary>Calls of one message to one address, at the same time.</summary>
    private async Task<(MessageBranch Branch, CallResult Result)[]> MakeAsync(
        MessageId id, string address, IReadOnlyList<MessageBranch> branches, MessageDocument message, CancellationToken cancellationToken)
    {
        if (_slots.Enter(address) is { } pause)
        {
            var result = new CallResult(CallOutcome.NotMade, $"As many messages as may at a time (Fat:Messages:Concurrency) have calls to {address} under way, which do not answer.") { Pause = pause };
            return [.. branches.Select(branch => (branch, result))];
        }

        try
        {
            return await Task.WhenAll(branches.Select(branch => MakeAsync(id, branch, message, cancellationToken))).ConfigureAwait(false);
        }
        finally
        {
            _slots.Leave(address);
        }
    }

    /// <summary>The target without its query, which often names a single thing.</summary>
    private static string Address(MessageBranch branch)
    {
        var target = BranchCaller.Target(branch);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }

    private async Task<(MessageBranch Branch, CallResult Result)> MakeAsync(MessageId id, MessageBranch branch, MessageDocument message, CancellationToken cancellationToken)
    {
        using var activity = FatActivity.StartCall(id, branch.Id, BranchCaller.Target(branch), message.Trace);
        var began = center.Node.Time.GetTimestamp();
        var result = await caller.CallAsync(id, branch, message, cancellationToken).ConfigureAwait(false);
        Tell(activity, center.Node.Time.GetElapsedTime(began), result);
        return (branch, result);
    }

    private void Tell(Activity? activity, TimeSpan duration, CallResult result)
    {
        var service = center.Node.Service;
        var queue = QueueName.Calls(service);
        switch (result.Outcome)
        {
            case CallOutcome.Success:
                FatMeter.MessageTried(duration, service, queue, "consumed");
                FatMeter.MessageEnded(service, "consumed");
                break;
            case CallOutcome.Ongoing:
                FatMeter.MessageTried(duration, service, queue, "ongoing");
                break;
            default:
                // Calls are repeated until they succeed, or an operator cancels them.
                FatMeter.MessageTried(duration, service, queue, "failed");
                FatMeter.MessageRetried(service, queue);
                FatActivity.Failed(activity, result.Reason ?? "It has failed.", "failed", center.Node.Redaction);
                break;
        }
    }
}
