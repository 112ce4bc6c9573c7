namespace Fat;

/// <summary>A branch of a message that has failed often, or for good. Immutable.</summary>
/// <param name="Gid">The message.</param>
/// <param name="BranchId">The branch.</param>
/// <param name="Service">The service whose message it is.</param>
/// <param name="Target">What failed: the address that was called, or the topic and the group of subscribers.</param>
/// <param name="Failures">How often, in a row.</param>
/// <param name="IsFinal">Whether it is not tried again, until an operator wants it.</param>
/// <param name="Reason">Why it failed last.</param>
public sealed record FatMessageAlert(string Gid, string BranchId, string Service, string Target, int Failures, bool IsFinal, string Reason);
