using Fat.Protocol;

namespace Fat.Registry;

/// <summary>Something that is remembered of a group that has ended. All of a group is kept with the service that began it.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Root">The process that runs its root; who settles a group for another one may name itself.</param>
internal abstract record PastEntry(GroupId Gid, InstanceId Root);
