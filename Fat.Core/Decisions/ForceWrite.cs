using Fat.Protocol;

namespace Fat.Decisions;

/// <summary>What became of forcing a decision.</summary>
/// <param name="Decided">Whether it was the first, and so is the decision.</param>
/// <param name="Standing">The decision that stands.</param>
internal sealed record ForceWrite(bool Decided, DecisionRecord Standing);
