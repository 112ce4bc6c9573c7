namespace Fat.Torture.Faults;

/// <summary>One thing that goes wrong for a while.</summary>
/// <param name="Kind">What.</param>
/// <param name="Target">Where. One fault at a time has a target.</param>
/// <param name="Time">How long.</param>
/// <param name="RunAsync">Does it and heals it; the token ends it early.</param>
internal sealed record Fault(FaultKind Kind, string Target, TimeSpan Time, Func<CancellationToken, Task> RunAsync);
