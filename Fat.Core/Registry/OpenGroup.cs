using Fat.Protocol;

namespace Fat.Registry;

/// <summary>An entry of the index of open groups.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Database">The database that holds its decision row.</param>
/// <param name="Remaining">The time until its deadline; negative when past.</param>
internal sealed record OpenGroup(GroupId Gid, FatName Database, TimeSpan Remaining);
