using Fat.Diagnostics;
using Fat.Messages;

namespace Fat.Dtm;

/// <summary>Makes the calls of a transaction. Thread-safe.</summary>
internal sealed class DtmCalls(BranchCaller caller, Alerts alerts, Redaction redaction)
{
    private const string ProducersBranch = "00";
    private const string ProducersOp = "msg";

    /// <summary>Branches that are due, at the same time.</summary>
    public Task<DtmResult[]> MakeAsync(DtmTransaction transaction, IReadOnlyList<int> places, CancellationToken cancellationToken) =>
        Task.WhenAll(places.Select(place => MakeAsync(transaction, place, cancellationToken)));

    /// <summary>Asks a message's producer whether its local transaction has committed.</summary>
    public async Task<DtmResult> AskAsync(DtmTransaction transaction, CancellationToken cancellationToken)
    {
        var request = Request(transaction, ProducersBranch, ProducersOp, transaction.QueryPrepared ?? string.Empty, null);
        var result = await caller.CallAsync(request, cancellationToken).ConfigureAwait(false);
        return new DtmResult(-1, Backward: false, result.Outcome, result.Reason);
    }

    /// <summary>Tells of a failure, or of the refusal because of which the transaction is being taken back.</summary>
    public void Alert(DtmTransaction transaction, DtmResult result)
    {
        var branch = transaction.Branches[result.Place];
        var url = (result.Backward ? branch.Backward : branch.Forward)?.Url;
        if (result is { Outcome: CallOutcome.Failure, Backward: false } && transaction.Status == DtmStatus.Aborting)
            alerts.Refused(transaction.Gid, branch.Id, url ?? string.Empty, result.Reason ?? string.Empty);
        else
            Alert(transaction, branch.Id, url, result);
    }

    /// <summary>Tells of a producer that cannot be asked.</summary>
    public void AlertAsking(DtmTransaction transaction, DtmResult result) => Alert(transaction, ProducersBranch, transaction.QueryPrepared, result);

    private void Alert(DtmTransaction transaction, string branch, string? url, DtmResult result) => alerts.Failed(
        new FatMessageAlert(transaction.Gid, branch, transaction.Service, url ?? string.Empty, Math.Max(1, transaction.Failures), IsFinal: false, result.Reason ?? string.Empty), "Transaction");

    private async Task<DtmResult> MakeAsync(DtmTransaction transaction, int place, CancellationToken cancellationToken)
    {
        var backward = transaction.Status == DtmStatus.Aborting;
        var branch = transaction.Branches[place];
        var url = (backward ? branch.Backward : branch.Forward)?.Url ?? string.Empty;
        if (url.Length == 0)
            return new DtmResult(place, backward, CallOutcome.Success, null);
        var request = Request(transaction, branch.Id, DtmNames.Op(transaction.Kind, backward), url, branch.Body);
        using var activity = FatActivity.StartTransactionCall(request.Gid, request.BranchId, request.Op, request.Target);
        var result = await caller.CallAsync(request, cancellationToken).ConfigureAwait(false);
        if (result.Outcome is CallOutcome.Failure or CallOutcome.Temporary)
            FatActivity.Failed(activity, result.Reason ?? "It has failed.", "failed", redaction);
        return new DtmResult(place, backward, result.Outcome, result.Reason);
    }

    private static BranchRequest Request(DtmTransaction transaction, string branch, string op, string url, string? body) => new(transaction.Gid, DtmNames.Of(transaction.Kind), branch, op, url)
    {
        Body = body,
        Headers = transaction.Headers,
        Timeout = transaction.RequestTimeout > 0 ? TimeSpan.FromSeconds(transaction.RequestTimeout) : null,
    };
}
