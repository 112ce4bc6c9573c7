namespace Fat.Protocol;

/// <summary>A branch, where it lives, and its vote.</summary>
internal sealed record BranchVote(BranchId Id, InstanceId Instance, Vote Vote)
{
    /// <summary>It has not voted as far as is known.</summary>
    public bool IsMissing => Vote is Vote.Pending or Vote.Joined;
}
