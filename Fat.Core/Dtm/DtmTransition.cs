using Fat.Messages;

namespace Fat.Dtm;

/// <summary>
/// What becomes of a transaction when a client or a branch says something: pure functions, with DTM's rules. None changes one that is over.
/// </summary>
internal static class DtmTransition
{
    public static DtmStep Prepare(DtmTransaction? stored, DtmTransaction asked) => stored switch
    {
        null => DtmStep.To(asked with { Status = DtmStatus.Prepared }),
        { Status: DtmStatus.Prepared } when stored.Kind == asked.Kind => DtmStep.To(stored),
        _ => Refuse(stored, "prepare"),
    };

    public static DtmStep Submit(DtmTransaction? stored, DtmTransaction asked, DateTimeOffset now) => stored switch
    {
        null => DtmStep.To(Close(asked with { Status = DtmStatus.Submitted, Submitted = now }, now)),
        _ when stored.Kind != asked.Kind => Refuse(stored, "submit"),
        { Status: DtmStatus.Prepared } => SubmitPrepared(Merge(stored, asked), now),
        { Status: DtmStatus.Submitted } => DtmStep.To(stored),
        _ => Refuse(stored, "submit"),
    };

    public static DtmStep Abort(DtmTransaction? stored, string? reason, DateTimeOffset now) => stored switch
    {
        null => DtmStep.Unknown,
        { Kind: DtmKind.Message, Status: DtmStatus.Prepared } => DtmStep.To(Fail(stored, reason, now)),
        { Kind: DtmKind.Tcc, Status: DtmStatus.Prepared } => DtmStep.To(RollBack(stored, reason, now)),
        { Kind: DtmKind.Tcc, Status: DtmStatus.Aborting } => DtmStep.To(stored),
        _ => Refuse(stored, "abort"),
    };

    public static DtmStep ForceStop(DtmTransaction? stored, DateTimeOffset now) => stored switch
    {
        null => DtmStep.Unknown,
        { IsOver: true } => Refuse(stored, "force stop"),
        _ => DtmStep.To(Fail(stored, stored.Reason ?? "Stopped by force.", now)),
    };

    public static DtmStep Reset(DtmTransaction? stored) => stored switch
    {
        null => DtmStep.Unknown,
        { IsOver: true } => Refuse(stored, "reset its next time"),
        _ => DtmStep.To(stored with { Failures = 0, Next = null }),
    };

    public static DtmStep Register(DtmTransaction? stored, DtmBranch branch)
    {
        if (stored is null)
            return DtmStep.Unknown;
        if (stored is not { Kind: DtmKind.Tcc, Status: DtmStatus.Prepared })
            return Refuse(stored, "register a branch");
        var known = stored.Branches.FirstOrDefault(other => other.Id == branch.Id);
        if (known is null)
            return DtmStep.To(stored with { Branches = [.. stored.Branches, branch] });
        return known == branch ? DtmStep.To(stored) : DtmStep.Refuse($"Branch '{branch.Id}' of '{stored.Gid}' is registered already, with something else.");
    }

    /// <summary>Whether it has been prepared, or a saga submitted, for longer than it may.</summary>
    public static bool IsLate(DtmTransaction transaction, TimeSpan otherwise, DateTimeOffset now) => transaction.Status switch
    {
        DtmStatus.Prepared => now - transaction.Created >= TimeoutOf(transaction, otherwise),
        DtmStatus.Submitted => transaction is { Kind: DtmKind.Saga, Timeout: > 0 } && now - transaction.Created >= TimeSpan.FromSeconds(transaction.Timeout),
        _ => false,
    };

    public static TimeSpan TimeoutOf(DtmTransaction transaction, TimeSpan otherwise) => transaction.Timeout > 0 ? TimeSpan.FromSeconds(transaction.Timeout) : otherwise;

    /// <summary>It is late. A message is not given up: its producer is asked (<see cref="Asked"/>). A saga that was only prepared has called nobody.</summary>
    public static DtmTransaction TimeOut(DtmTransaction transaction, TimeSpan otherwise, DateTimeOffset now)
    {
        var reason = FormattableString.Invariant($"Timeout after {TimeoutOf(transaction, otherwise).TotalSeconds:0.###} seconds");
        return (transaction.Kind, transaction.Status) switch
        {
            (DtmKind.Tcc, DtmStatus.Prepared) or (DtmKind.Saga, DtmStatus.Submitted) => RollBack(transaction, reason, now),
            (DtmKind.Saga, DtmStatus.Prepared) => Fail(transaction, reason, now),
            _ => transaction,
        };
    }

    /// <summary>The producer of a prepared message has told what became of its local transaction.</summary>
    public static DtmTransaction Asked(DtmTransaction transaction, DtmResult result, DateTimeOffset now)
    {
        if (transaction.Status != DtmStatus.Prepared)
            return transaction;
        return result.Outcome switch
        {
            CallOutcome.Success => Close(transaction with { Status = DtmStatus.Submitted, Submitted = now, Failures = 0, Error = null, Next = null }, now),
            CallOutcome.Failure => Fail(transaction, result.Reason, now),
            CallOutcome.Ongoing => transaction,
            _ => transaction with { Failures = transaction.Failures + 1, Error = result.Reason },
        };
    }

    /// <summary>Branches have answered.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="results">The answers.</param>
    /// <param name="now">The time.</param>
    /// <param name="counted">Whether something else has failed since it last paused: however many fail between two pauses, that is one failure.</param>
    public static DtmTransaction Called(DtmTransaction transaction, IReadOnlyList<DtmResult> results, DateTimeOffset now, bool counted = false)
    {
        if (transaction.IsOver)
            return transaction;
        var branches = transaction.Branches.ToList();
        foreach (var result in results.Where(result => result.Place < branches.Count))
            branches[result.Place] = Answered(transaction.Kind, branches[result.Place], result, now);
        var refused = results.FirstOrDefault(result => IsRefusal(transaction.Kind, result));
        var failed = results.FirstOrDefault(result => result.Outcome is CallOutcome.Temporary or CallOutcome.Failure && !IsRefusal(transaction.Kind, result));
        var progress = results.Any(result => result.Outcome == CallOutcome.Success);
        var next = transaction with
        {
            Branches = branches,
            Failures = progress ? (failed is not null || counted ? 1 : 0) : failed is null || counted ? transaction.Failures : transaction.Failures + 1,
            Error = failed?.Reason ?? (progress && !counted ? null : transaction.Error),
        };
        if (next.Status == DtmStatus.Submitted && refused is not null)
            return RollBack(next, refused.Reason, now);
        if (next is { Kind: DtmKind.Saga, Status: DtmStatus.Submitted, RetryLimit: > 0 } && next.Failures > next.RetryLimit)
            return RollBack(next, $"Its actions were repeated {next.RetryLimit} times (retry_limit): {next.Error}", now);
        return Close(next, now);
    }

    /// <summary>Only an action of a saga may say no: a message, a confirmation and whatever takes back are repeated until they succeed.</summary>
    private static bool IsRefusal(DtmKind kind, DtmResult result) => kind == DtmKind.Saga && !result.Backward && result.Outcome == CallOutcome.Failure;

    private static DtmBranch Answered(DtmKind kind, DtmBranch branch, DtmResult result, DateTimeOffset now)
    {
        var state = result.Outcome == CallOutcome.Success ? DtmCallState.Done : IsRefusal(kind, result) ? DtmCallState.Failed : DtmCallState.Waiting;
        if (state == DtmCallState.Waiting)
            return branch;
        return result.Backward
            ? branch with { Backward = branch.Backward! with { State = state, Ended = now } }
            : branch with { Forward = branch.Forward with { State = state, Ended = now } };
    }

    private static DtmTransaction Merge(DtmTransaction stored, DtmTransaction asked) => stored with
    {
        Branches = stored.Branches.Count > 0 || stored.Kind == DtmKind.Tcc ? stored.Branches : asked.Branches,
        CustomData = asked.CustomData ?? stored.CustomData,
        Delay = asked.CustomData is null ? stored.Delay : asked.Delay,
        Orders = stored.Branches.Count > 0 && asked.Branches.Count != stored.Branches.Count ? stored.Orders : asked.Orders ?? stored.Orders,
        Concurrent = stored.Concurrent || asked.Concurrent,
    };

    private static DtmStep SubmitPrepared(DtmTransaction transaction, DateTimeOffset now) =>
        transaction.Orders is { } orders && !DtmOrders.AreValid(orders, transaction.Branches.Count)
            ? DtmStep.Refuse($"'{transaction.Gid}' cannot be submitted: {DtmOrders.Invalid}.")
            : DtmStep.To(Close(transaction with { Status = DtmStatus.Submitted, Submitted = now, Failures = 0, Error = null, Next = null }, now));

    private static DtmTransaction RollBack(DtmTransaction transaction, string? reason, DateTimeOffset now) =>
        Close(transaction with { Status = DtmStatus.Aborting, Reason = reason, Failures = 0, Next = null }, now);

    private static DtmTransaction Fail(DtmTransaction transaction, string? reason, DateTimeOffset now) =>
        transaction with { Status = DtmStatus.Failed, Reason = reason, Ended = now, Next = null };

    private static DtmTransaction Close(DtmTransaction transaction, DateTimeOffset now) => !DtmPlan.IsComplete(transaction)
        ? transaction
        : transaction with { Status = transaction.Status == DtmStatus.Submitted ? DtmStatus.Succeeded : DtmStatus.Failed, Ended = now, Next = null };

    private static DtmStep Refuse(DtmTransaction stored, string what) =>
        DtmStep.Refuse($"'{stored.Gid}' is a {DtmNames.Of(stored.Kind)} of current status '{DtmNames.Of(stored.Status)}', cannot {what}.");
}
