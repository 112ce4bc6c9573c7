namespace Fat;

/// <summary>A group that is not decided as far as the registry knows.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Began">When it began, by the clock of the machine where it did.</param>
/// <param name="RootService">The service that began it.</param>
/// <param name="DecisionDatabase">That service's database that holds the decision, <c>-</c> for the registry.</param>
/// <param name="Remaining">The time until its deadline by the registry's clock; negative when past.</param>
/// <param name="Record">What else the registry knows; null when it has lost that.</param>
public sealed record FatOpenGroup(
    string Gid, DateTimeOffset Began, string RootService, string DecisionDatabase, TimeSpan Remaining, FatGroupRecord? Record);
