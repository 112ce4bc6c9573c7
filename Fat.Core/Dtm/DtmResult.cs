using Fat.Messages;

namespace Fat.Dtm;

/// <summary>What a call of a branch has come to.</summary>
/// <param name="Place">The branch's place in its transaction.</param>
/// <param name="Backward">Whether it was taken back.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Reason">Why, unless it succeeded.</param>
internal sealed record DtmResult(int Place, bool Backward, CallOutcome Outcome, string? Reason);
