namespace Fat.Testing;

/// <summary>A branch of a group, as it was when it was asked for. Immutable.</summary>
/// <param name="Id">The branch: the path of its call, its execution and its number in it.</param>
/// <param name="Service">The service that ran it.</param>
/// <param name="Database">Its database.</param>
/// <param name="Method">Its method, such as <c>StockService.ReserveAsync</c>.</param>
/// <param name="Vote">Its vote. The branch that carries the root's decision casts none.</param>
/// <param name="State">What has become of it.</param>
/// <param name="Failure">What failed in it; null when nothing did.</param>
public sealed record FatTestBranch(string Id, string Service, string Database, string Method, FatVote Vote, FatTestState State, string? Failure);
