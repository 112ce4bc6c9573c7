using Fat.Protocol;

namespace Fat.Registry;

/// <summary>What a scope writes into its group's record when it is entered.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Scope">The scope.</param>
/// <param name="Instance">The process that runs it.</param>
/// <param name="Name">The method or endpoint.</param>
/// <param name="ServiceCount">The declared number of calls, if declared.</param>
/// <param name="LocalTransactionCount">The declared number of local transactions, if declared.</param>
/// <param name="RootInstance">The process that runs the root, which may be this one.</param>
/// <param name="DecisionDatabase">The root service's database that holds the decision row.</param>
/// <param name="Remaining">The time that the group has left.</param>
internal sealed record ScopeRegistration(
    GroupId Gid,
    ScopeId Scope,
    InstanceId Instance,
    string Name,
    int? ServiceCount,
    int? LocalTransactionCount,
    InstanceId RootInstance,
    FatName DecisionDatabase,
    TimeSpan Remaining)
{
    /// <summary>The group's trace (W3C traceparent), for what recovery does about the group; null when nobody traces it.</summary>
    public string? Trace { get; init; }
}
