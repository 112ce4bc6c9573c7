using Fat.Protocol;

namespace Fat.Testing.Data;

/// <summary>Whose a transaction is.</summary>
internal sealed record BranchKey(GroupId Gid, BranchId Id)
{
    private static readonly AsyncLocal<BranchKey?> Flowing = new();

    /// <summary>The branch that begins its transaction in this flow.</summary>
    public static BranchKey? Current => Flowing.Value;

    /// <summary>It begins its transaction in this flow.</summary>
    public void Begins() => Flowing.Value = this;
}
