namespace Fat.Dtm;

/// <summary>Which branches of a transaction are to be called next. Pure functions.</summary>
internal static class DtmPlan
{
    /// <summary>
    /// The places of the branches that can be called now, at the same time. Whatever was tried in this round is left out: one that is stuck holds up none but those that have to wait for it.
    /// </summary>
    public static IReadOnlyList<int> Due(DtmTransaction transaction, IReadOnlySet<int> tried) => (transaction.Kind, transaction.Status) switch
    {
        (DtmKind.Tcc, DtmStatus.Submitted) => Last(transaction, tried, branch => branch.Forward),
        (DtmKind.Tcc, DtmStatus.Aborting) => Last(transaction, tried, branch => branch.Backward),
        (_, DtmStatus.Submitted) => Where(transaction, place => !tried.Contains(place) && transaction.Branches[place].Forward.State == DtmCallState.Waiting && IsReady(transaction, place)),
        (_, DtmStatus.Aborting) => Where(transaction, place => !tried.Contains(place) && IsToBeTakenBack(transaction, place)),
        _ => [],
    };

    /// <summary>Whether all is done that its status asks for.</summary>
    public static bool IsComplete(DtmTransaction transaction) => transaction.Status switch
    {
        DtmStatus.Submitted => transaction.Branches.All(branch => branch.Forward.State == DtmCallState.Done),
        DtmStatus.Aborting => Enumerable.Range(0, transaction.Branches.Count).All(place => IsTakenBack(transaction, place)),
        _ => false,
    };

    /// <summary>Whether an action may have begun: one whose turn had come may have been called by a process that could not say so any more.</summary>
    public static bool MayHaveBegun(DtmTransaction transaction, int place) =>
        transaction.Kind == DtmKind.Tcc || transaction.Branches[place].Forward.State != DtmCallState.Waiting || IsReady(transaction, place);

    private static bool IsReady(DtmTransaction transaction, int place) =>
        (transaction.Concurrent || place == 0 || IsDone(transaction, place - 1)) && Before(transaction, place).All(other => IsDone(transaction, other));

    private static bool IsDone(DtmTransaction transaction, int place) => transaction.Branches[place].Forward.State == DtmCallState.Done;

    private static bool IsTakenBack(DtmTransaction transaction, int place) =>
        transaction.Branches[place].Backward is not { } backward || backward.State == DtmCallState.Done || !MayHaveBegun(transaction, place);

    /// <summary>What came after it is taken back before it.</summary>
    private static bool IsToBeTakenBack(DtmTransaction transaction, int place) =>
        !IsTakenBack(transaction, place) && Where(transaction, other => IsAfter(transaction, other, place)).All(other => IsTakenBack(transaction, other));

    private static bool IsAfter(DtmTransaction transaction, int other, int place) =>
        transaction.Concurrent ? Before(transaction, other).Contains(place) : other > place || Before(transaction, other).Contains(place);

    private static IReadOnlyList<int> Before(DtmTransaction transaction, int place) => transaction.Orders?.GetValueOrDefault(place) ?? [];

    private static List<int> Where(DtmTransaction transaction, Func<int, bool> holds) => [.. Enumerable.Range(0, transaction.Branches.Count).Where(holds)];

    /// <summary>A tcc's branches do not wait for each other: one after the other, the last one first, as DTM does.</summary>
    private static IReadOnlyList<int> Last(DtmTransaction transaction, IReadOnlySet<int> tried, Func<DtmBranch, DtmCall?> call)
    {
        for (var place = transaction.Branches.Count - 1; place >= 0; place--)
        {
            if (!tried.Contains(place) && call(transaction.Branches[place]) is { State: DtmCallState.Waiting })
                return [place];
        }

        return [];
    }
}
