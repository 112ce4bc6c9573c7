using Fat.Torture.Service;

namespace Fat.Torture.Load;

/// <summary>What a client asked for and what it was told.</summary>
/// <param name="Plan">The message.</param>
/// <param name="Instance">The instance that was asked.</param>
/// <param name="Began">When, in the run's time.</param>
/// <param name="Answer">What was told.</param>
/// <param name="Detail">The answer's text, or why there was none.</param>
internal sealed record MessageOperation(MessagePlan Plan, string Instance, TimeSpan Began, Answer Answer, string Detail);
