namespace Fat.Protocol;

/// <summary>A branch, where it lives, and its vote.</summary>
internal sealed record BranchVote(BranchId Id, InstanceId Instance, Vote Vote);
