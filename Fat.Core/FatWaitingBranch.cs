namespace Fat;

/// <summary>A branch that this process ran, that has voted, and that waits for the decision.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="Method">Its method.</param>
/// <param name="Age">How long it has waited, by this process's clock.</param>
/// <param name="IsDurable">It is prepared; else its transaction is held open, and is lost with this process.</param>
public sealed record FatWaitingBranch(string Branch, string Method, TimeSpan Age, bool IsDurable);
