namespace Fat.Testing.Data;

/// <summary>What a transaction has done so far, open or prepared. The server's lock guards it.</summary>
internal sealed class Work(BranchKey? branch)
{
    /// <summary>Whose it is; null for one that belongs to no branch.</summary>
    public BranchKey? Branch => branch;

    public Dictionary<RowKey, Change> Writes { get; } = [];

    public HashSet<RowKey> Locks { get; } = [];

    /// <summary>Takes back what could not be kept apart from what others see, last first.</summary>
    public Stack<Action> Undo { get; } = [];

    /// <summary>The business has written; decisions do not count.</summary>
    public bool HasWritten { get; set; }

    /// <summary>The decisions that are made with it.</summary>
    public IEnumerable<DecisionRow> Decisions =>
        Writes.Values.Where(change => change.Kind == ChangeKind.Write).Select(change => change.Value).OfType<DecisionRow>();

    public override string ToString() => branch is null ? "a transaction of no group" : $"branch {branch.Id} of group {branch.Gid}";
}
