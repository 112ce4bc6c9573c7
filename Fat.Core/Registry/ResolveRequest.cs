using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Registry;

/// <summary>
/// A question to all instances of a service, which one of them answers. To a root's service: what is the decision of a group
/// (rules S5, L2). To a branch's service, with <see cref="Acknowledge"/>: have these branches obeyed the decision (rule S7).
/// </summary>
/// <param name="Gid">The group.</param>
/// <param name="Database">The root service's database that holds the decision row.</param>
/// <param name="AskedBy">The process to tell.</param>
/// <param name="Age">How long the branch has been prepared, or the decision made, measured by one clock.</param>
internal sealed record ResolveRequest(GroupId Gid, FatName Database, InstanceId AskedBy, TimeSpan Age)
{
    /// <summary>The committed branches whose acknowledgement is missing; empty in a question for the decision.</summary>
    public ImmutableArray<BranchVote> Acknowledge { get; init; } = [];
}
