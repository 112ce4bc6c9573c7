namespace Fat.Bench.Commit;

/// <summary>Speed without correctness is worth nothing: every group that was answered well has all of its writes, and the others none.</summary>
internal sealed class AtomicityCheck
{
    private readonly Dictionary<CommitMode, (long Groups, long Parts, long Failures)> _expected = [];

    public void Add(CommitCell cell) => Add(cell.Mode, cell.Load, cell.Groups, cell.Failures);

    /// <summary>Compares with what the databases hold.</summary>
    public async Task<string> RunAsync(IEnumerable<CommitStage> stages, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var stage in stages)
        {
            var counts = await stage.CountEntriesAsync(cancellationToken);
            var (groups, parts, failures) = _expected[stage.Mode];

            // A failure that the naive services answered may well have left something; that is the point of the others.
            if (counts[0] != groups || counts.Skip(1).Sum() != parts)
                problems.Add($"{stage.Mode.Name()}: {groups} groups and {parts} parts answered, {counts[0]} and {counts.Skip(1).Sum()} found, {failures} failures");
        }

        return problems.Count == 0 ? "Checked: the databases hold all writes of every group that was answered well, and no others." : $"NOT ATOMIC: {string.Join("; ", problems)}";
    }

    public void Add(CommitMode mode, CommitLoad load, long groups, long failures)
    {
        var (allGroups, allParts, allFailures) = _expected.GetValueOrDefault(mode);
        _expected[mode] = (allGroups + groups, allParts + (groups * load.Children), allFailures + failures);
    }
}
