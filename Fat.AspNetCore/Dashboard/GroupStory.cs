namespace Fat.AspNetCore.Dashboard;

/// <summary>A group as it is told by everybody who knows something of it: the registry's memory, its record, this service's databases.</summary>
internal sealed class GroupStory(FatGroupHistory? history, FatGroupDetails details)
{
    public FatGroupDetails Details => details;

    /// <summary>Nobody knows anything of it.</summary>
    public bool IsUnknown =>
        history is null && details is { RootService: null, Record: null, Decision: null, Rows.IsEmpty: true, InDoubt.IsEmpty: true, Waiting.IsEmpty: true, Incidents.IsEmpty: true, Forced.IsEmpty: true };

    /// <summary>A decision is final, whatever the root could tell its caller.</summary>
    public GroupState State => (details.Decision, history?.Group.Outcome) switch
    {
        (FatDecision.Committed, _) or (null, FatOutcome.Committed) => GroupState.Committed,
        (FatDecision.RolledBack, _) or (null, FatOutcome.RolledBack) => GroupState.RolledBack,
        (null, FatOutcome.InDoubt) => GroupState.InDoubt,
        _ when details.Record is { } record && (record.Remaining > TimeSpan.Zero || details.InDoubt.IsEmpty) => GroupState.Open,
        _ when !details.InDoubt.IsEmpty || !details.Waiting.IsEmpty => GroupState.InDoubt,

        // Its root runs in this process, and has told nobody yet.
        _ when details is { RootService: not null, Record: null } => GroupState.Open,
        _ => GroupState.Unknown,
    };

    public string? Service => history?.Group.Service ?? details.RootService;

    public string Method => history?.Group.Method is { Length: > 0 } method ? method : details.Record?.Scopes.FirstOrDefault(scope => scope.IsRoot)?.Name ?? string.Empty;

    public FatGroupAbort? Abort => history?.Group.Abort ?? details.Record?.Abort;

    private DateTimeOffset? Ended => State switch
    {
        GroupState.Open => null,
        _ => history?.Group.Ended ?? details.Rows.Select(row => (DateTimeOffset?)row.At).Min(),
    };

    private DateTimeOffset Began => history?.Group.Began ?? details.Began;

    public static async Task<GroupStory> ReadAsync(Sources sources, string gid, Reads reads, CancellationToken cancellationToken)
    {
        var history = await reads.ReadAsync(Reads.Registry, () => sources.Monitor.FindGroupAsync(gid, cancellationToken)).ConfigureAwait(false);
        var details = await sources.Admin.ShowAsync(gid, cancellationToken).ConfigureAwait(false);
        reads.Missing(details.Unreachable);
        return new GroupStory(history, details);
    }

    public GroupAnswer Short(DateTimeOffset now) => new(
        details.Gid, Service, Method, State, Began, Ended, Duration(now), Math.Max(history?.Group.Branches ?? 0, BranchIds().Count()), AbortAnswer.Of(Abort));

    public GroupDetailsAnswer Long(DateTimeOffset now, IReadOnlyList<AuditAnswer> audit, IReadOnlyList<string> unreachable) => new(
        details.Gid, Service, history?.Group.Instance ?? details.Record?.RootInstance, Method, State, Began, Ended, Duration(now), AbortAnswer.Of(Abort), Decision, details.DecisionDatabase,
        [.. BranchIds().Select(BranchOf)], Scopes(), [.. details.InDoubt.Select(GroupInDoubtAnswer.Of)], [.. details.Incidents.Select(IncidentAnswer.Of)], audit, details, Dashboard.Seen.Of(details, State), unreachable);

    private FatDecision? Decision => details.Decision ?? State switch
    {
        GroupState.Committed => FatDecision.Committed,
        GroupState.RolledBack => FatDecision.RolledBack,
        _ => null,
    };

    /// <summary>What is not over has its age; of what is over and forgotten it is not known.</summary>
    private double? Duration(DateTimeOffset now) => Ended is { } ended
        ? (ended - Began).TotalMilliseconds
        : State is GroupState.Open or GroupState.InDoubt ? (now - Began).TotalMilliseconds : null;

    private IEnumerable<string> BranchIds() =>
        (history?.Branches.Select(branch => branch.Branch) ?? [])
            .Concat(details.Record?.Branches.Select(branch => branch.Id) ?? [])
            .Concat(details.InDoubt.Select(branch => branch.Branch))
            .Concat(details.Waiting.Select(branch => branch.Branch))
            .Concat(details.Incidents.Select(incident => incident.Branch))
            .Distinct(StringComparer.Ordinal)
            .OrderBy(ScopePath.CallOf, ScopePath.InOrder)
            .ThenBy(id => id, StringComparer.Ordinal);

    private BranchAnswer BranchOf(string id)
    {
        var told = history?.Branches.FirstOrDefault(branch => branch.Branch == id);
        var recorded = details.Record?.Branches.FirstOrDefault(branch => branch.Id == id);
        var inDoubt = details.InDoubt.FirstOrDefault(branch => branch.Branch == id);
        var waiting = details.Waiting.FirstOrDefault(branch => branch.Branch == id);
        var lost = details.Incidents.FirstOrDefault(incident => incident.Branch == id);
        var call = ScopePath.CallOf(id);
        return new BranchAnswer(
            id,
            call,
            ScopePath.ParentOf(call),
            told?.Service ?? recorded?.Service,
            told?.Instance ?? recorded?.Instance ?? lost?.Instance,
            told?.Method ?? waiting?.Method ?? lost?.Method,
            told?.Database ?? inDoubt?.Database ?? lost?.Database,
            inDoubt is not null ? FatVote.Prepared : told?.Vote ?? recorded?.Vote,
            told?.Decision,
            told?.Enlisted,
            told?.Voted,
            told?.Decided,
            told?.Finished,
            told?.Failure ?? lost?.Reason);
    }

    /// <summary>Those that have registered; where the registry has forgotten them, those that branches have told of.</summary>
    private IReadOnlyList<ScopeAnswer> Scopes()
    {
        var registered = details.Record?.Scopes.Select(scope => new ScopeAnswer(scope.Id, ScopePath.CallOf(scope.Id), scope.Service, scope.Instance, scope.Name, scope.IsRoot)) ?? [];
        var told = (history?.Branches ?? []).Select(branch => Told(ScopePath.ScopeOf(branch.Branch), branch));
        return [.. registered.Concat(told).DistinctBy(scope => scope.Id, StringComparer.Ordinal).OrderBy(scope => scope.Call, ScopePath.InOrder).ThenBy(scope => scope.Id, StringComparer.Ordinal)];
    }

    private ScopeAnswer Told(string scope, FatPastBranch branch)
    {
        var call = ScopePath.CallOf(scope);
        var isRoot = ScopePath.ParentOf(call) is null;
        return new ScopeAnswer(scope, call, branch.Service, branch.Instance, isRoot ? Method : string.Empty, isRoot);
    }
}
