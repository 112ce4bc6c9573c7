using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>A group that a root of this process has ended.</summary>
internal sealed record EndedGroup(GroupId Gid, Decision Decision, string Method, AbortReason? Abort, DateTimeOffset At);
