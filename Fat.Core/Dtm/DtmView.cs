namespace Fat.Dtm;

/// <summary>Shows transactions under DTM's names.</summary>
internal static class DtmView
{
    public static FatDtmTransaction Of(DtmTransaction transaction) => new(
        transaction.Gid, DtmNames.Of(transaction.Kind), DtmNames.Of(transaction.Status), transaction.Created, transaction.Updated, [.. transaction.Branches.SelectMany(branch => Calls(transaction, branch))])
    {
        FinishTime = transaction.Status == DtmStatus.Succeeded ? transaction.Ended : null,
        RollbackTime = transaction.Status == DtmStatus.Failed ? transaction.Ended : null,
        RollbackReason = transaction.Reason,
        QueryPrepared = transaction.QueryPrepared,
        CustomData = transaction.CustomData,
        NextCronTime = transaction.Next,
        Failures = transaction.Failures,
        Error = transaction.Error,
        Concurrent = transaction.Concurrent,
    };

    /// <summary>What takes back comes first, as DTM has it.</summary>
    private static IEnumerable<FatDtmTransactionBranch> Calls(DtmTransaction transaction, DtmBranch branch)
    {
        if (branch.Backward is { } backward)
            yield return Call(transaction, branch, backward, isBackward: true);
        yield return Call(transaction, branch, branch.Forward, isBackward: false);
    }

    private static FatDtmTransactionBranch Call(DtmTransaction transaction, DtmBranch branch, DtmCall call, bool isBackward) =>
        new(branch.Id, DtmNames.Op(transaction.Kind, isBackward), call.Url, DtmNames.Of(call.State), branch.Body, call.Ended);
}
