namespace Fat.Bench.Messages;

/// <summary>What is published.</summary>
internal sealed record Ordered(int Number, long Account, string Text);
