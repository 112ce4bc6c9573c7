using Fat.Protocol;

namespace Fat.Testing.Records;

/// <summary>What is known of a group. The book's lock guards it.</summary>
internal sealed class GroupRecord(string gid, long began)
{
    public string Gid => gid;

    public long Began => began;

    public string Service { get; set; } = string.Empty;

    public string Method { get; set; } = string.Empty;

    /// <summary>The process that runs its root; null once that was killed.</summary>
    public string? RootInstance { get; set; }

    public FatOutcome? Outcome { get; set; }

    public FatDecision? Decision { get; set; }

    public AbortReason? Abort { get; set; }

    public Dictionary<string, BranchRecord> Branches { get; } = new(StringComparer.Ordinal);

    public List<FatTestEvent> Events { get; } = [];

    public bool IsOver => Decision is not null && (Outcome is not null || RootInstance is null) && Branches.Values.All(branch => branch.IsOver);
}
