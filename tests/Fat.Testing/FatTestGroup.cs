using Fat.Testing.Records;

namespace Fat.Testing;

/// <summary>A group of the test, as it was when it was asked for: who took part, how each voted, what was decided and why, in the order of events. Immutable.</summary>
public sealed class FatTestGroup
{
    internal FatTestGroup(GroupRecord record)
    {
        Gid = record.Gid;
        Service = record.Service;
        Method = record.Method;
        Outcome = record.Outcome;
        Decision = record.Decision;
        Reason = record.Abort?.Reason;
        FailedService = record.Abort?.Service;
        FailedMethod = record.Abort?.Method;
        Branches = [.. record.Branches.Values.Select(branch => branch.Snapshot())];
        Events = [.. record.Events];
        IsOver = record.IsOver;
    }

    /// <summary>The group.</summary>
    public string Gid { get; }

    /// <summary>The service that began it: the root.</summary>
    public string Service { get; }

    /// <summary>The root's method or endpoint.</summary>
    public string Method { get; }

    /// <summary>What the root told its caller; null while it runs, and when it was killed before.</summary>
    public FatOutcome? Outcome { get; }

    /// <summary>The decision; null while there is none.</summary>
    public FatDecision? Decision { get; }

    /// <summary>Why it rolls back: the first failure, wherever it happened; null when there was none.</summary>
    public string? Reason { get; }

    /// <summary>The service of that failure, or null.</summary>
    public string? FailedService { get; }

    /// <summary>The method of that failure, or null.</summary>
    public string? FailedMethod { get; }

    /// <summary>Its branches, in the order in which they began.</summary>
    public IReadOnlyList<FatTestBranch> Branches { get; }

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<FatTestEvent> Events { get; }

    /// <summary>Whether it is decided and every branch has obeyed.</summary>
    public bool IsOver { get; }

    /// <summary>The only branch of a service.</summary>
    /// <param name="service">The service.</param>
    /// <exception cref="FatTestException">It has none, or several.</exception>
    public FatTestBranch BranchOf(string service)
    {
        var branches = Branches.Where(branch => branch.Service == service).ToList();
        return branches.Count == 1 ? branches[0] : throw new FatTestException($"One branch of '{service}' was expected, and there are {branches.Count}.\n\n{this}");
    }

    /// <summary>Expects that it has committed, and every branch with it.</summary>
    /// <returns>The group.</returns>
    /// <exception cref="FatTestException">It has not; the message tells its story.</exception>
    public FatTestGroup ShouldHaveCommitted() => Should(FatDecision.Committed, "committed", FatTestState.Committed);

    /// <summary>Expects that it has rolled back, and every branch with it.</summary>
    /// <param name="because">A part of the reason; null for any.</param>
    /// <returns>The group.</returns>
    /// <exception cref="FatTestException">It has not, or for another reason; the message tells its story.</exception>
    public FatTestGroup ShouldHaveRolledBack(string? because = null)
    {
        Should(FatDecision.RolledBack, "rolled back", FatTestState.RolledBack);
        return because is null || Reason?.Contains(because, StringComparison.Ordinal) == true
            ? this
            : throw new FatTestException($"The group was expected to roll back because of '{because}', and it did because of '{Reason}'.\n\n{this}");
    }

    /// <summary>Its story: what was decided and why, each branch, and the events in order.</summary>
    public override string ToString() => GroupStory.Of(this);

    private FatTestGroup Should(FatDecision decision, string word, FatTestState state)
    {
        if (Decision != decision)
            throw new FatTestException($"The group was expected to have {word}, and it {GroupStory.Word(this)}.\n\n{this}");
        return Branches.FirstOrDefault(branch => branch.State != state && branch.State != FatTestState.ReadOnly) is { } other
            ? throw new FatTestException($"The group has {word}, and the branch of '{other.Service}' ({other.Method}) is {GroupStory.Word(other.State)}.\n\n{this}")
            : this;
    }
}
