namespace Fat.Bench.Service.TwoPhase;

/// <summary>Do the work and prepare it.</summary>
internal sealed record PrepareRequest(Guid Group, int Branch, int Account);

/// <summary>Commit, or roll back, what was prepared.</summary>
internal sealed record FinishRequest(Guid Group, IReadOnlyList<int> Branches);
