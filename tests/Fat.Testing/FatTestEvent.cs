namespace Fat.Testing;

/// <summary>Something that happened to a group. Immutable.</summary>
/// <param name="At">When, since the group began, by the cluster's clock.</param>
/// <param name="Service">The process in which it happened: its service's name, with a number from the second process on; empty for what happened elsewhere.</param>
/// <param name="Text">What happened, for people.</param>
public sealed record FatTestEvent(TimeSpan At, string Service, string Text);
