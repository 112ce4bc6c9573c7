using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Registry;

/// <summary>Branches of one scope with their votes, and whether the scope has closed.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Scope">The scope.</param>
/// <param name="Instance">The process that runs it.</param>
/// <param name="RootInstance">The process that is told when the votes complete a sealed group.</param>
/// <param name="Branches">The branches; a vote never goes back from prepared to pending.</param>
/// <param name="Closed">The scope has ended: these are all branches it and the scopes below it will ever have.</param>
/// <param name="PendingCalls">Calls of a closed scope whose transport returned nothing.</param>
internal sealed record ScopeVotes(
    GroupId Gid,
    ScopeId Scope,
    InstanceId Instance,
    InstanceId RootInstance,
    ImmutableArray<BranchVote> Branches,
    bool Closed,
    ImmutableArray<CallId> PendingCalls);
