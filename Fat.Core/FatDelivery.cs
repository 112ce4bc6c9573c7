namespace Fat;

/// <summary>A delivery of a message to a subscriber. Immutable.</summary>
/// <param name="Gid">The message.</param>
/// <param name="BranchId">Its branch that is this group of subscribers.</param>
/// <param name="Service">The service that published it.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Group">The group of subscribers.</param>
/// <param name="Key">The key by which it is ordered, or null.</param>
/// <param name="Attempt">Which attempt this is, from 1.</param>
public sealed record FatDelivery(string Gid, string BranchId, string Service, string Topic, string Group, string? Key, int Attempt);
