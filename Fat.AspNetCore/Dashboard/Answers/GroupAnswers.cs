namespace Fat.AspNetCore.Dashboard;

/// <summary>What a group is, as far as is known.</summary>
internal enum GroupState
{
    Unknown,
    Open,
    Committed,
    RolledBack,
    InDoubt,
}

internal sealed record GroupsAnswer(IReadOnlyList<GroupAnswer> Items, string? Next, IReadOnlyList<string> Unreachable);

internal sealed record GroupAnswer(
    string Gid, string? Service, string Method, GroupState State, DateTimeOffset Began, DateTimeOffset? Ended, double? DurationMs, int Branches, AbortAnswer? Abort);

internal sealed record AbortAnswer(string Service, string Method, string Reason)
{
    public static AbortAnswer? Of(FatGroupAbort? abort) => abort is null ? null : new AbortAnswer(abort.Service, abort.Method, abort.Reason);
}

internal sealed record GroupDetailsAnswer(
    string Gid,
    string? Service,
    string? Instance,
    string Method,
    GroupState State,
    DateTimeOffset Began,
    DateTimeOffset? Ended,
    double? DurationMs,
    AbortAnswer? Abort,
    FatDecision? Decision,
    string? DecisionDatabase,
    IReadOnlyList<BranchAnswer> Branches,
    IReadOnlyList<ScopeAnswer> Scopes,
    IReadOnlyList<GroupInDoubtAnswer> InDoubt,
    IReadOnlyList<IncidentAnswer> Incidents,
    IReadOnlyList<AuditAnswer> Audit,
    FatGroupDetails Raw,
    string Seen,
    IReadOnlyList<string> Unreachable);

/// <summary>A branch of a group; what nobody has told is null.</summary>
internal sealed record BranchAnswer(
    string Id,
    string Call,
    string? ParentCall,
    string? Service,
    string? Instance,
    string? Method,
    string? Database,
    FatVote? Vote,
    FatDecision? Decision,
    DateTimeOffset? Enlisted,
    DateTimeOffset? Voted,
    DateTimeOffset? Decided,
    DateTimeOffset? Finished,
    string? Failure);

internal sealed record ScopeAnswer(string Id, string Call, string Service, string Instance, string Name, bool IsRoot);

internal sealed record GroupInDoubtAnswer(string Branch, string Database, double AgeMs, string PreparedName, bool IsWaitedFor)
{
    public static GroupInDoubtAnswer Of(FatInDoubtBranch branch) => new(branch.Branch, branch.Database, branch.Age.TotalMilliseconds, branch.PreparedName, branch.IsWaitedFor);
}

internal sealed record InDoubtAnswer(
    string Gid, string Branch, string Database, double AgeMs, string RootService, string DecisionDatabase, string PreparedName, bool IsWaitedFor, string Seen)
{
    public static InDoubtAnswer Of(FatInDoubtBranch branch) => new(
        branch.Gid, branch.Branch, branch.Database, branch.Age.TotalMilliseconds, branch.RootService, branch.DecisionDatabase, branch.PreparedName, branch.IsWaitedFor, Dashboard.Seen.Of(branch));
}

internal sealed record ForceAnswer(FatDecision Decision, bool HadEffect, int Finished, bool Published);
