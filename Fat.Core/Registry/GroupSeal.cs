using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Registry;

/// <summary>What a root that begins to wait is waiting for.</summary>
internal sealed record GroupSeal(
    GroupId Gid, InstanceId RootInstance, ImmutableArray<BranchId> MissingVotes, ImmutableArray<CallId> PendingCalls);
