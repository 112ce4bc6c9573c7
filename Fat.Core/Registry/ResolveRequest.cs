using Fat.Protocol;

namespace Fat.Registry;

/// <summary>A branch in doubt asks the root's service for the decision (rules S5, L2).</summary>
/// <param name="Gid">The group.</param>
/// <param name="Database">The root service's database that holds the decision row.</param>
/// <param name="AskedBy">The process to tell.</param>
/// <param name="Age">How long the branch has been prepared, measured by one clock.</param>
internal sealed record ResolveRequest(GroupId Gid, FatName Database, InstanceId AskedBy, TimeSpan Age);
