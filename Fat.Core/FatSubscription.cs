namespace Fat;

/// <summary>A group of subscribers of a topic. Immutable.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Group">The group.</param>
/// <param name="Waiting">How many deliveries can be handled now.</param>
/// <param name="Retrying">How many wait for their next attempt.</param>
/// <param name="Delivering">How many are being handled.</param>
/// <param name="Failed">How many have failed for good.</param>
public sealed record FatSubscription(string Topic, string Group, long Waiting, long Retrying, long Delivering, long Failed);
