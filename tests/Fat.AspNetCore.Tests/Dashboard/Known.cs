using System.Collections.Immutable;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>A group, an incident and a message of which everything is known: no member of what tells of them is null.</summary>
internal static class Known
{
    public const string Gid = "0193a000-0000-7000-8000-000000000001";
    public const string Branch = "1-0a1b2c3d-1";
    public const string RootBranch = "0-0a0a0a0a-1";
    public const string Message = "m~order-4711";

    /// <summary>What somebody might put into a name or a reason.</summary>
    public const string Markup = "<img src=x onerror=alert(1)>";

    public static DateTimeOffset Began { get; } = new(2026, 1, 31, 9, 30, 0, TimeSpan.FromHours(2));

    public static FatGroupAbort Abort { get; } = new("stock", "Reserve", $"Out of {Markup}");

    public static FatInDoubtBranch InDoubt { get; } = new(Gid, Branch, "store", TimeSpan.FromSeconds(90), "orders", "orders", IsWaitedFor: true)
    {
        PreparedName = $"fat:{Gid}:{Branch}:orders:orders",
    };

    public static FatIncident Incident { get; } = new()
    {
        Gid = Gid,
        Branch = Branch,
        Database = "store",
        Method = "Stock.Reserve",
        State = FatIncidentState.Failed,
        Version = 3,
        Attempts = 2,
        Reason = "sold out",
        AllowsReplay = true,
        Began = Began,
        Changed = Began.AddMinutes(1),
        Instance = "stock~0123456789ab",
    };

    public static FatIncidentDetails IncidentDetails { get; } = new(
        Incident, """{"count":3}""", "A part was left out.",
        [
            new FatIncidentEvent
            {
                Id = "e1", Kind = FatIncidentEventKind.Failed, Service = "stock", Instance = Incident.Instance, Database = "store", Gid = Gid, Branch = Branch, Version = 3, Attempts = 2, Reason = "sold out", At = Began,
            },
        ]);

    public static FatAuditEntry Audit { get; } = new(Gid, "committed", "decided", "ada", "The customer called.", Began.AddMinutes(2), "orders~0123456789ab", "orders");

    public static FatGroupRecord Record { get; } = new()
    {
        RootService = "orders",
        RootInstance = "orders~0123456789ab",
        RootSilence = TimeSpan.FromSeconds(4),
        DecisionDatabase = "orders",
        Remaining = TimeSpan.FromSeconds(-5),
        IsWaitingForVotes = true,
        CommitSet = [Branch],
        Abort = Abort,
        Scopes = [new FatGroupScope("0-0a0a0a0a", "orders", "orders~0123456789ab", "POST /orders", IsRoot: true), new FatGroupScope("1-0a1b2c3d", "stock", "stock~0123456789ab", "POST /stock", IsRoot: false)],
        Branches = [new FatGroupBranch(Branch, "stock", "stock~0123456789ab", FatVote.Prepared, Done: false)],
    };

    public static FatGroupDetails Details { get; } = new()
    {
        Gid = Gid,
        Began = Began,
        RootService = "orders",
        DecisionDatabase = "orders",
        Record = Record,
        Rows = [],
        InDoubt = [InDoubt],
        Waiting = [new FatWaitingBranch(Branch, "Stock.Reserve", TimeSpan.FromSeconds(80), IsDurable: true)],
        Incidents = [Incident],
    };

    /// <summary>The same when it is decided, by force.</summary>
    public static FatGroupDetails Decided { get; } = Details with
    {
        Decision = FatDecision.RolledBack,
        Record = Record with { Decision = FatDecision.RolledBack },
        Rows = [new FatDecisionRow("orders", FatDecision.RolledBack, [Branch], Began.AddMinutes(2), WithoutDecisionDatabase: false)],
        Forced = [new FatForceRecord(Gid, FatDecision.RolledBack, HadEffect: true, FatDecision.RolledBack, [Branch], "ada", "The customer called.", Began.AddMinutes(2), "orders~0123456789ab", "orders")],
        Unreachable = ["store"],
    };

    public static FatPastGroup Past { get; } = new()
    {
        Gid = Gid,
        Service = "orders",
        Instance = "orders~0123456789ab",
        Method = $"POST /{Markup}",
        Outcome = FatOutcome.RolledBack,
        Began = Began,
        Ended = Began.AddMilliseconds(250),
        Branches = 2,
        Abort = Abort,
    };

    public static FatGroupHistory History { get; } = new(
        Past,
        [
            new FatPastBranch
            {
                Branch = RootBranch, Service = "orders", Instance = "orders~0123456789ab", Method = "Orders.Add", Database = "orders", Vote = FatVote.Prepared, Decision = FatDecision.RolledBack,
                Enlisted = Began, Voted = Began.AddMilliseconds(20), Decided = Began.AddMilliseconds(240), Finished = Began.AddMilliseconds(245),
            },
            new FatPastBranch
            {
                Branch = Branch, Service = "stock", Instance = "stock~0123456789ab", Method = "Stock.Reserve", Database = "store", Vote = FatVote.ReadOnly, Enlisted = Began, Failure = "sold out",
            },
        ]);

    public static FatGroupCount Count { get; } = new()
    {
        From = Began,
        Committed = 7,
        RolledBack = 2,
        InDoubt = 1,
        Median = TimeSpan.FromMilliseconds(12.5),
        P99 = TimeSpan.FromMilliseconds(80),
        Aborts = [new FatAbortCount(Abort, 2)],
    };

    public static FatInstance Instance { get; } = new()
    {
        Id = "shop~0123456789ab",
        Service = "shop",
        Silence = TimeSpan.FromSeconds(3),
        Status = new FatInstanceStatus
        {
            Started = Began,
            Machine = Environment.MachineName,
            ProcessId = Environment.ProcessId,
            FatVersion = "0.1.0",
            ApplicationVersion = "1.2.3",
            BusyWorkers = 1,
            Workers = 256,
            QueuedWork = 0,
            OpenScopes = 2,
            WaitingBranches = 1,
            RegistryLatency = TimeSpan.FromMilliseconds(0.4),
            HistoryDropped = 0,
            Databases = [new FatInstanceDatabase("orders", "PostgreSQL", IsDurable: true, HoldsDecisions: true)],
        },
    };

    public static FatMessageDetails MessageDetails { get; } = new(
        Message, "shop", FatMessageState.Failed,
        [new FatMessageBranch("01", "http://stock/reserve", FatMessageBranchState.Failed, 4, "409: sold out", Began, Began.AddMinutes(1), """{"note":"<script>alert(1)</script>"}""")])
    {
        Prepared = Began,
        Submitted = Began,
        Ended = Began,
        Reason = "wanted back",
    };

    public static FatList<T> All<T>(params T[] items) => new([.. items], HasMore: false, ImmutableArray<string>.Empty);
}
