using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Messages;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Dtm;

/// <summary>
/// Works on one transaction: calls what is due, writes down what came of it before anything else is called, and pauses when nothing more can be done. What it writes takes effect only on what it has
/// read, so one who has lost his lease does no harm.
/// </summary>
internal sealed class DtmDriver(MessageCenter center, IDtmStore store, DtmWork work, DtmCalls calls, DtmRounds rounds)
{
    private Node Node => center.Node;

    public async Task<WorkResult> RunAsync(TakenItem item, CancellationToken cancellationToken)
    {
        if (!MessageId.TryParse(item.Body, out var id) || await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } stored || stored.Transaction.IsOver)
            return Done(item);
        if (item.Hold.Id != DtmWork.Piece(stored.Transaction))
        {
            await work.PutAsync(stored.Transaction, cancellationToken).ConfigureAwait(false);
            return Done(item);
        }

        return stored.Transaction.Status == DtmStatus.Prepared
            ? await AskAsync(item, id, stored, cancellationToken).ConfigureAwait(false)
            : await DriveAsync(item, id, stored, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A transaction that is still prepared when its time is over.</summary>
    private async Task<WorkResult> AskAsync(TakenItem item, MessageId id, StoredTransaction stored, CancellationToken cancellationToken)
    {
        var transaction = stored.Transaction;
        var patience = center.Options.TimeoutToFail;
        var now = Node.Time.GetUtcNow();
        if (!DtmTransition.IsLate(transaction, patience, now))
            return new WorkResult(new WorkEnd(item.Hold, WorkOutcome.Again) { Delay = transaction.Created + DtmTransition.TimeoutOf(transaction, patience) - now });
        var answer = transaction.Kind == DtmKind.Message ? await calls.AskAsync(transaction, cancellationToken).ConfigureAwait(false) : null;
        var next = await ChangeAsync(id, current => Settle(current, answer), cancellationToken).ConfigureAwait(false);
        if (next is not { Status: DtmStatus.Prepared })
        {
            if (next is not null)
                await work.PutAsync(next, cancellationToken).ConfigureAwait(false);
            rounds.Tell(transaction.Gid);
            return Done(item);
        }

        if (answer is not { Outcome: CallOutcome.Temporary })
            return new WorkResult(new WorkEnd(item.Hold, WorkOutcome.Again) { Delay = Until(next), Reason = answer?.Reason });
        calls.AlertAsking(next, answer);
        return new WorkResult(new WorkEnd(item.Hold, WorkOutcome.Failed) { Delay = Until(next), Reason = answer.Reason });

        DtmTransaction Settle(DtmTransaction current, DtmResult? result)
        {
            if (current.Status != DtmStatus.Prepared)
                return current;
            if (result is null)
                return DtmTransition.TimeOut(current, patience, Node.Time.GetUtcNow());
            var settled = DtmTransition.Asked(current, result, Node.Time.GetUtcNow());
            return settled.Status == DtmStatus.Prepared ? Paused(settled) : settled;
        }
    }

    private async Task<WorkResult> DriveAsync(TakenItem item, MessageId id, StoredTransaction stored, CancellationToken cancellationToken)
    {
        var transaction = stored.Transaction;
        var tried = new HashSet<int>();
        var failed = false;
        while (true)
        {
            var now = Node.Time.GetUtcNow();
            if (transaction.Status == DtmStatus.Submitted && transaction.Due > now)
                return new WorkResult(new WorkEnd(item.Hold, WorkOutcome.Again) { Delay = transaction.Due - now });
            IReadOnlyList<DtmResult> results = [];
            var late = DtmTransition.IsLate(transaction, center.Options.TimeoutToFail, now);
            if (!late)
            {
                results = await calls.MakeAsync(transaction, DtmPlan.Due(transaction, tried), cancellationToken).ConfigureAwait(false);
                tried.UnionWith(results.Where(result => result.Outcome != CallOutcome.Success).Select(result => result.Place));
            }

            var status = transaction.Status;
            var changed = await ChangeAsync(id, current => Apply(current, status, late, results, tried, failed), cancellationToken).ConfigureAwait(false);
            if (changed is not { IsOver: false })
            {
                rounds.Tell(id.Text);
                return Done(item);
            }

            foreach (var result in results.Where(IsFailure))
                calls.Alert(changed, result);
            failed |= results.Any(IsFailure);
            if (changed.Status != status || AtOnce(changed, status, results))
            {
                tried.Clear();
                failed = false;
            }
            else if (changed.Rounds != transaction.Rounds)
            {
                return Pause(item, changed, failed);
            }

            transaction = changed;
        }
    }

    private DtmTransaction Apply(DtmTransaction current, DtmStatus status, bool late, IReadOnlyList<DtmResult> results, IReadOnlySet<int> tried, bool failed)
    {
        var now = Node.Time.GetUtcNow();
        if (late && current.Status == status)
            return DtmTransition.TimeOut(current, center.Options.TimeoutToFail, now);
        var next = DtmTransition.Called(current, results, now, failed);
        var pauses = next is { IsOver: false } && next.Status == status && !AtOnce(next, status, results) && DtmPlan.Due(next, tried).Count == 0;
        return pauses ? Paused(next) : next;
    }

    /// <summary>DTM repeats actions of a saga with a limit at once.</summary>
    private static bool AtOnce(DtmTransaction transaction, DtmStatus status, IReadOnlyList<DtmResult> results) =>
        transaction is { Kind: DtmKind.Saga, RetryLimit: > 0, Status: DtmStatus.Submitted } && status == DtmStatus.Submitted && results.Any(result => result.Outcome == CallOutcome.Temporary);

    private DtmTransaction Paused(DtmTransaction transaction) =>
        transaction with { Rounds = transaction.Rounds + 1, Next = Node.Time.GetUtcNow() + DtmPauses.Of(transaction, center.Options, MessageCenter.Chance()) };

    private static bool IsFailure(DtmResult result) => result.Outcome is CallOutcome.Temporary or CallOutcome.Failure;

    private WorkResult Pause(TakenItem item, DtmTransaction transaction, bool failed)
    {
        rounds.Tell(transaction.Gid);
        return new WorkResult(new WorkEnd(item.Hold, failed ? WorkOutcome.Failed : WorkOutcome.Again) { Delay = Until(transaction), Reason = transaction.Error });
    }

    private TimeSpan Until(DtmTransaction transaction) => transaction.Next is { } next && next - Node.Time.GetUtcNow() is { Ticks: > 0 } pause ? pause : TimeSpan.Zero;

    /// <summary>Writes the next state; null when the transaction is not there any more.</summary>
    private async Task<DtmTransaction?> ChangeAsync(MessageId id, Func<DtmTransaction, DtmTransaction> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } stored)
                return null;
            var next = change(stored.Transaction);
            if (ReferenceEquals(next, stored.Transaction) || stored.Transaction.IsOver)
                return stored.Transaction;
            next = next with { Updated = Node.Time.GetUtcNow() };
            if (await store.TryReplaceAsync(stored, next, cancellationToken).ConfigureAwait(false))
            {
                if (next.IsOver)
                    FatLog.TransactionEnded(Node.Logger, DtmNames.Of(next.Kind), next.Gid, DtmNames.Of(next.Status), Node.Redaction.Reason(next.Gid, DtmNames.Of(next.Kind), next.Reason));
                return next;
            }
        }
    }

    private static WorkResult Done(TakenItem item) => new(new WorkEnd(item.Hold, WorkOutcome.Done));
}
