using Fat.Diagnostics;
using Fat.Messages;
using Fat.Protocol;

namespace Fat.Dtm;

/// <summary>Takes the requests of DTM's clients: each is stored before it is answered, and what it begins is in the queue then, or is put there by <see cref="DtmSweep"/>.</summary>
internal sealed class DtmServer(MessageCenter center, IDtmStore store, DtmWork work, DtmRounds rounds) : IFatDtmServer
{
    private const int MostListed = 1_000;

    private static readonly FatDtmAnswer Success = new(FatDtmResult.Success);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    private int SizeLimit => center.Options.SizeLimit;

    private DateTimeOffset Now => center.Node.Time.GetUtcNow();

    public string NewGid() => Guid.CreateVersion7(Now).ToString("N");

    public async Task<FatDtmAnswer> PrepareAsync(FatDtmRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (DtmReading.Read(center.Node.Service, request, SizeLimit, Now, out var problem) is not { } asked)
            return Refuse(problem);
        if (asked is { Kind: DtmKind.Message, QueryPrepared: null })
            return Refuse("query_prepared is missing: a message that is prepared and not submitted needs somebody to ask");
        var (next, answer) = await ChangeAsync(asked.Gid, stored => DtmTransition.Prepare(stored, asked), cancellationToken).ConfigureAwait(false);
        if (next is not null)
            await work.PutAsync(next, cancellationToken).ConfigureAwait(false);
        return answer;
    }

    public async Task<FatDtmAnswer> SubmitAsync(FatDtmRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (DtmReading.Read(center.Node.Service, request, SizeLimit, Now, out var problem) is not { } asked)
            return Refuse(problem);
        var (next, answer) = await ChangeAsync(asked.Gid, stored => DtmTransition.Submit(stored, asked, Now), cancellationToken).ConfigureAwait(false);
        return next is null ? answer : await BeginAsync(next, request.WaitResult, DtmStatus.Succeeded, cancellationToken).ConfigureAwait(false);
    }

    public async Task<FatDtmAnswer> AbortAsync(FatDtmRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!DtmReading.TryReadGid(request.Gid, out var id, out var problem))
            return Refuse(problem);
        var reason = DtmReading.Reason(request.RollbackReason);
        var (next, answer) = await ChangeAsync(id.Text, stored => DtmTransition.Abort(stored, reason, Now), cancellationToken).ConfigureAwait(false);
        return next is null ? answer : await BeginAsync(next, request.WaitResult, DtmStatus.Failed, cancellationToken).ConfigureAwait(false);
    }

    public async Task<FatDtmAnswer> RegisterBranchAsync(FatDtmBranchRequest branch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(branch);
        if (!DtmReading.TryReadGid(branch.Gid, out var id, out var problem))
            return Refuse(problem);
        if (branch.TransType != DtmNames.Of(DtmKind.Tcc))
            return Refuse(DtmReading.KindOf(branch.TransType, out problem) is null ? problem : "only a tcc has branches that are registered");
        if (DtmReading.Read(branch, out problem) is not { } read)
            return Refuse(problem);
        var (_, answer) = await ChangeAsync(id.Text, Register, cancellationToken).ConfigureAwait(false);
        return answer;

        DtmStep Register(DtmTransaction? stored)
        {
            var step = DtmTransition.Register(stored, read);
            return step.Next is { } next && DtmReading.IsTooLarge(next, SizeLimit) ? DtmStep.Refuse(DtmReading.TooLarge(SizeLimit)) : step;
        }
    }

    public async Task<FatDtmAnswer> ForceStopAsync(string? gid, CancellationToken cancellationToken = default)
    {
        if (!DtmReading.TryReadGid(gid, out var id, out var problem))
            return Refuse(problem);
        var (next, answer) = await ChangeAsync(id.Text, stored => DtmTransition.ForceStop(stored, Now), cancellationToken).ConfigureAwait(false);
        if (next is not null)
        {
            rounds.Tell(id.Text);
            await work.ForgetAsync(next, cancellationToken).ConfigureAwait(false);
        }

        return answer;
    }

    public async Task<FatDtmAnswer> ResetNextCronTimeAsync(string? gid, CancellationToken cancellationToken = default)
    {
        if (!DtmReading.TryReadGid(gid, out var id, out var problem))
            return Refuse(problem);
        var (next, answer) = await ChangeAsync(id.Text, DtmTransition.Reset, cancellationToken).ConfigureAwait(false);
        if (next is not null)
            await work.HurryAsync(next, cancellationToken).ConfigureAwait(false);
        return answer;
    }

    public async Task<FatDtmTransaction?> FindAsync(string? gid, CancellationToken cancellationToken = default) =>
        DtmReading.TryReadGid(gid, out var id, out _) && await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } stored ? DtmView.Of(stored.Transaction) : null;

    public async Task<IReadOnlyList<FatDtmTransaction>> ListAsync(string? after = null, int most = 100, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MostListed);
        var ids = await store.OpenAsync(TimeSpan.Zero, DtmReading.TryReadGid(after, out var id, out _) ? id : null, most, cancellationToken).ConfigureAwait(false);
        var found = new List<FatDtmTransaction>(ids.Count);
        foreach (var open in ids)
        {
            if (await store.FindAsync(open, cancellationToken).ConfigureAwait(false) is { } stored)
                found.Add(DtmView.Of(stored.Transaction));
        }

        return found;
    }

    /// <summary>The transaction is under way: what asked for it while it was prepared goes, what drives it comes.</summary>
    private async Task<FatDtmAnswer> BeginAsync(DtmTransaction transaction, bool wait, DtmStatus wished, CancellationToken cancellationToken)
    {
        await work.ForgetAskingAsync(transaction, cancellationToken).ConfigureAwait(false);
        await work.PutAsync(transaction, cancellationToken).ConfigureAwait(false);
        return wait ? await WaitAsync(transaction, wished, cancellationToken).ConfigureAwait(false) : Success;
    }

    private async Task<FatDtmAnswer> WaitAsync(DtmTransaction transaction, DtmStatus wished, CancellationToken cancellationToken)
    {
        if (!MessageId.TryParse(transaction.Gid, out var id))
            return Success;
        var began = center.Node.Time.GetTimestamp();
        var current = transaction;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var told = rounds.Next(transaction.Gid);
                current = (await store.FindAsync(id, cancellationToken).ConfigureAwait(false))?.Transaction ?? current;
                if (current.IsOver || current.Rounds > transaction.Rounds || current.Due > Now || center.Node.Time.GetElapsedTime(began) > LongestWait)
                    return Answer(current, wished);
                await Task.WhenAny(told, Task.Delay(LookAgain, center.Node.Time, cancellationToken)).ConfigureAwait(false);
            }
        }
        finally
        {
            rounds.Forget(transaction.Gid);
        }
    }

    private FatDtmAnswer Answer(DtmTransaction transaction, DtmStatus wished)
    {
        if (transaction.Status == wished)
            return Success;
        var what = $"'{transaction.Gid}' is {DtmNames.Of(transaction.Status)}. {center.Node.Redaction.Reason(transaction.Gid, DtmNames.Of(transaction.Kind), transaction.Reason ?? transaction.Error)}".TrimEnd();
        return transaction.IsOver || (wished == DtmStatus.Succeeded && transaction.Status == DtmStatus.Aborting) ? new FatDtmAnswer(FatDtmResult.Failure, what) : new FatDtmAnswer(FatDtmResult.Ongoing, what);
    }

    /// <summary>Stores what a request makes of a transaction: nothing when that is refused or changes nothing.</summary>
    private async Task<(DtmTransaction? Next, FatDtmAnswer Answer)> ChangeAsync(string gid, Func<DtmTransaction?, DtmStep> change, CancellationToken cancellationToken)
    {
        var id = MessageId.TryParse(gid, out var parsed) ? parsed : throw new ArgumentException($"'{gid}' is not a gid.", nameof(gid));
        while (true)
        {
            var stored = await store.FindAsync(id, cancellationToken).ConfigureAwait(false);
            if (stored is { } known && known.Transaction.Service != center.Node.Service.Text)
                return (null, new FatDtmAnswer(FatDtmResult.Failure, $"'{gid}' belongs to service '{known.Transaction.Service}'."));
            var step = change(stored?.Transaction);
            if (step.Next is not { } next)
                return (null, new FatDtmAnswer(FatDtmResult.Failure, step.Problem ?? $"There is no transaction '{gid}'."));
            if (stored is null ? await store.TryAddAsync(next, cancellationToken).ConfigureAwait(false)
                : ReferenceEquals(next, stored.Transaction) || await store.TryReplaceAsync(stored, next with { Updated = Now }, cancellationToken).ConfigureAwait(false))
            {
                if (next.IsOver)
                    FatLog.TransactionEnded(center.Node.Logger, DtmNames.Of(next.Kind), gid, DtmNames.Of(next.Status), center.Node.Redaction.Reason(gid, DtmNames.Of(next.Kind), next.Reason));
                return (next, Success);
            }

            if (stored is null && await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is null)
                return (null, new FatDtmAnswer(FatDtmResult.Failure, $"'{gid}' was used before, for something else."));
        }
    }

    private static FatDtmAnswer Refuse(string problem) => new(FatDtmResult.Refused, problem + ".");
}
