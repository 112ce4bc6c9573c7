using Fat.Protocol;

namespace Fat.Registry;

/// <summary>A group that has ended, as its root tells. Times are cut to microseconds.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Root">The process that ran its root.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Method">The root's method; empty when the root has not told.</param>
/// <param name="Began">When it began.</param>
/// <param name="Ended">When it ended.</param>
/// <param name="Branches">How many branches it had, as far as the root knows.</param>
/// <param name="Abort">Why it rolled back, or null.</param>
internal sealed record PastGroup(
    GroupId Gid, InstanceId Root, PastOutcome Outcome, string Method, DateTimeOffset Began, DateTimeOffset Ended, int Branches, AbortReason? Abort)
    : PastEntry(Gid, Root)
{
    public PastPlace Place => PastPlace.Of(Ended, Gid);
}
