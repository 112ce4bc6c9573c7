using System.Diagnostics;
using Fat.Coordination;
using Fat.Protocol;

namespace Fat.Diagnostics;

/// <summary>
/// Spans of the ActivitySource <c>Fat</c> (docs/telemetry.md): a group is one trace across its services, recovery included. Nothing is made, and nothing allocated, while nobody listens.
/// </summary>
internal static class FatActivity
{
    public const string SourceName = "Fat";

    private static readonly ActivitySource Source = new(SourceName, FatMeter.Version);

    /// <summary>Where the current flow stands in its trace; nowhere while nobody listens.</summary>
    public static ActivityContext Here => Source.HasListeners() ? Activity.Current?.Context ?? default : default;

    /// <summary>The same as it travels and is kept (W3C traceparent); null while nobody listens, or outside of any trace.</summary>
    public static string? Text(ActivityContext trace) => trace == default
        ? null
        : $"00-{trace.TraceId}-{trace.SpanId}-{(trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";

    /// <summary>
    /// A scope. Transports that know of traces, such as HTTP, have made the caller's span the parent of what runs now; of others the call itself tells.
    /// </summary>
    public static Activity? StartScope(bool isRoot, string name, string? caller)
    {
        if (!Source.HasListeners())
            return null;
        var elsewhere = ActivityContext.TryParse(caller, traceState: null, isRemote: true, out var parent) && Activity.Current?.TraceId != parent.TraceId;
        return Source.StartActivity(isRoot ? "fat.group" : "fat.scope", ActivityKind.Internal, elsewhere ? parent : default)?.SetTag("fat.method", name);
    }

    public static void Describe(Activity? activity, Scope scope) =>
        activity?.SetTag("fat.gid", scope.Gid).SetTag("fat.scope", scope.Id.Text).SetTag("fat.service", scope.Node.Service.Text);

    /// <summary>How a scope ended.</summary>
    public static void Ended(Activity? activity, FatScopeResult result, Redaction redaction)
    {
        if (activity is null)
            return;
        activity.SetTag("fat.outcome", Text(result.Outcome));
        if (result.Error is { } error)
            Failed(activity, error is FatAbortedException aborted ? aborted.Reason : error.Message, Text(result.Outcome), redaction);
    }

    public static Activity? StartBranch(Scope scope, BranchId branch, string method, FatName database, bool joins) => Source.StartActivity("fat.branch")
        ?.SetTag("fat.gid", scope.Gid).SetTag("fat.branch", branch.Text).SetTag("fat.service", scope.Node.Service.Text).SetTag("fat.method", method)
            .SetTag("fat.database", database.Text).SetTag("fat.prepare", joins ? "late" : "early");

    /// <summary>An early prepare: the branch's method has returned.</summary>
    public static Activity? StartPrepare(Scope scope, BranchId branch, FatName database) => Source.StartActivity("fat.prepare")
        ?.SetTag("fat.gid", scope.Gid).SetTag("fat.branch", branch.Text).SetTag("fat.database", database.Text).SetTag("fat.prepare", "early");

    /// <summary>A late prepare, of what several calls share.</summary>
    public static Activity? StartPrepare(GroupId gid, BranchId branch, FatName database, int calls, ActivityContext trace) =>
        Source.StartActivity("fat.prepare", ActivityKind.Internal, trace)
            ?.SetTag("fat.gid", gid.ToString()).SetTag("fat.branch", branch.Text).SetTag("fat.database", database.Text).SetTag("fat.prepare", "late").SetTag("fat.calls", calls);

    /// <summary>What a prepare has come to: the branch can commit at any later time, or wrote nothing and is over.</summary>
    public static void Prepared(Activity? activity, bool wrote) => activity?.SetTag("fat.vote", wrote ? "prepared" : "read_only");

    /// <summary>A vote that goes through the registry; one that goes in the answer of its call is a part of that.</summary>
    public static Activity? StartVote(GroupId gid, BranchId branch, ActivityContext trace) =>
        Source.StartActivity("fat.vote", ActivityKind.Client, trace)?.SetTag("fat.gid", gid.ToString()).SetTag("fat.branch", branch.Text);

    public static Activity? StartWait(Scope scope) => Source.StartActivity("fat.wait_votes")?.SetTag("fat.gid", scope.Gid);

    public static Activity? StartDecide(Scope scope) => Source.StartActivity("fat.decide")?.SetTag("fat.gid", scope.Gid);

    /// <summary>What the decision is, as far as it is known.</summary>
    public static void Decided(Activity? activity, DecisionResult result, Exception? failure, Redaction redaction)
    {
        if (activity is null)
            return;
        if (result == DecisionResult.Committed)
            activity.SetTag("fat.decision", "committed");
        else
            Failed(activity, failure?.Message ?? "The group is rolled back.", result == DecisionResult.Unknown ? "in_doubt" : "rolled_back", redaction);
    }

    /// <summary>A call of a message, in the trace in which that was made.</summary>
    public static Activity? StartCall(MessageId message, string branch, string target, string? trace) =>
        Source.StartActivity("fat.message.call", ActivityKind.Client, trace)?.SetTag("fat.gid", message.Text).SetTag("fat.branch", branch).SetTag("fat.target", target);

    /// <summary>A call of a branch of a global transaction of DTM's clients.</summary>
    public static Activity? StartTransactionCall(string gid, string branch, string op, string target) =>
        Source.StartActivity("fat.dtm.call", ActivityKind.Client)?.SetTag("fat.gid", gid).SetTag("fat.branch", branch).SetTag("fat.op", op).SetTag("fat.target", target);

    /// <summary>A delivery to a subscriber, in the trace in which the message was made.</summary>
    public static Activity? StartDelivery(MessageId message, string branch, FatName topic, FatName group, string? trace) =>
        Source.StartActivity("fat.message.deliver", ActivityKind.Consumer, trace)
            ?.SetTag("fat.gid", message.Text).SetTag("fat.branch", branch).SetTag("fat.topic", topic.Text).SetTag("fat.group", group.Text);

    /// <summary>The decision has arrived. Phase 2 runs long after the request: it is put into the branch's trace by hand.</summary>
    public static Activity? StartFinish(WaitingBranch branch, Decision decision) =>
        Source.StartActivity(decision == Decision.Committed ? "fat.commit" : "fat.rollback", ActivityKind.Internal, branch.Trace)
            ?.SetTag("fat.gid", branch.Gid.ToString()).SetTag("fat.branch", branch.Id.Text).SetTag("fat.database", branch.Database.Text);

    /// <summary>Recovery finishes a branch that nobody waits for; in the group's trace, where the registry still knows that.</summary>
    public static Activity? StartRecover(GroupId gid, BranchId branch, FatName database, Decision decision, string? trace) =>
        Source.StartActivity("fat.recover", ActivityKind.Internal, Parse(trace))
            ?.SetTag("fat.gid", gid.ToString()).SetTag("fat.branch", branch.Text).SetTag("fat.database", database.Text).SetTag("fat.decision", Text(decision));

    /// <summary>Recovery decides a group whose root does not; in the group's trace, where the registry still knows that.</summary>
    public static Activity? StartResolve(GroupId gid, FatName database, string? trace) =>
        Source.StartActivity("fat.resolve", ActivityKind.Internal, Parse(trace))?.SetTag("fat.gid", gid.ToString()).SetTag("fat.database", database.Text);

    public static void Resolved(Activity? activity, Decision decision) => activity?.SetTag("fat.decision", Text(decision));

    public static void Failed(Activity? activity, Exception exception, Redaction redaction) =>
        Failed(activity, exception.Message, exception.GetType().FullName ?? exception.GetType().Name, redaction);

    /// <summary>By OpenTelemetry's conventions: the status says why, <c>error.type</c> is one of a few.</summary>
    public static void Failed(Activity? activity, string reason, string type, Redaction redaction) =>
        activity?.SetStatus(ActivityStatusCode.Error, redaction.Reason(activity.GetTagItem("fat.gid") as string ?? string.Empty, activity.OperationName, reason)).SetTag("error.type", type);

    /// <summary>The words that spans and metrics have for outcomes.</summary>
    public static string Text(FatOutcome outcome) => outcome switch
    {
        FatOutcome.Committed => "committed",
        FatOutcome.RolledBack => "rolled_back",
        FatOutcome.InDoubt => "in_doubt",
        _ => "answered",
    };

    public static string Text(Decision decision) => decision == Decision.Committed ? "committed" : "rolled_back";

    private static ActivityContext Parse(string? trace) => ActivityContext.TryParse(trace, traceState: null, isRemote: true, out var context) ? context : default;
}
