namespace Fat.Testing.Records;

/// <summary>What is known of a branch. The book's lock guards it.</summary>
internal sealed class BranchRecord(string id, string service)
{
    public string Service => service;

    public string Database { get; set; } = string.Empty;

    public string Method { get; set; } = string.Empty;

    public FatVote Vote { get; set; } = FatVote.Pending;

    public FatTestState State { get; set; } = FatTestState.Running;

    public string? Failure { get; set; }

    public bool IsOver => State is not (FatTestState.Running or FatTestState.Prepared);

    public FatTestBranch Snapshot() => new(id, service, Database, Method, Vote, State, Failure);
}
