namespace Fat.Bench.Service.TwoPhase;

/// <summary>"This group is committed": the row that is the commit point, with what has to be committed.</summary>
public sealed class GroupDecision
{
    public required Guid Group { get; init; }

    /// <summary>The branches of each called service.</summary>
    public required string Branches { get; init; }
}
