namespace Fat;

/// <summary>A branch that is prepared in one of this service's databases.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Branch">The branch.</param>
/// <param name="Database">The database.</param>
/// <param name="Age">How long it has been prepared, by the database's clock. It has held its row locks for so long.</param>
/// <param name="RootService">The service that began the group, which is asked for the decision.</param>
/// <param name="DecisionDatabase">That service's database that holds the decision, <c>-</c> for the registry.</param>
/// <param name="IsWaitedFor">This process ran it and waits for the decision; else another process did, or one that is gone.</param>
public sealed record FatInDoubtBranch(
    string Gid, string Branch, string Database, TimeSpan Age, string RootService, string DecisionDatabase, bool IsWaitedFor)
{
    /// <summary>The name of the prepared transaction in its database.</summary>
    public required string PreparedName { get; init; }
}
