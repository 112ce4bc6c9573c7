using Fat.Protocol;

namespace Fat.Registry;

/// <summary>The decision of a group whose root does not know it, or is gone. Nothing happens to a group whose outcome is known.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Root">The process that runs its root, or one of the same service that settled it.</param>
/// <param name="Decision">The decision.</param>
/// <param name="At">When that was.</param>
internal sealed record PastSettlement(GroupId Gid, InstanceId Root, Decision Decision, DateTimeOffset At) : PastEntry(Gid, Root);
