using System.Diagnostics;
using Fat.Coordination;
using Fat.Protocol;

namespace Fat.Diagnostics;

/// <summary>Spans of the ActivitySource <c>Fat</c>: a group is one trace across its services.</summary>
internal static class FatActivity
{
    public const string SourceName = "Fat";

    private static readonly ActivitySource Source = new(SourceName);

    public static Activity? StartScope(Scope scope) => Source.StartActivity(scope.IsRoot ? "fat.group" : "fat.scope")
        ?.SetTag("fat.gid", scope.Gid).SetTag("fat.scope", scope.Id.Text).SetTag("fat.service", scope.Node.Service.Text).SetTag("fat.method", scope.Request.Name);

    public static Activity? StartBranch(Scope scope, BranchId branch, string method, FatName database, bool joins) => Source.StartActivity("fat.branch")
        ?.SetTag("fat.gid", scope.Gid).SetTag("fat.branch", branch.Text).SetTag("fat.method", method).SetTag("fat.database", database.Text)
            .SetTag("fat.prepare", joins ? "late" : "early");

    /// <summary>A late prepare, of what several calls share; an early one is a part of its branch's span.</summary>
    public static Activity? StartPrepare(GroupId gid, BranchId branch, int calls, ActivityContext trace) =>
        Source.StartActivity("fat.prepare", ActivityKind.Internal, trace)
            ?.SetTag("fat.gid", gid.ToString()).SetTag("fat.branch", branch.Text).SetTag("fat.prepare", "late").SetTag("fat.calls", calls);

    public static Activity? StartWait(Scope scope) => Source.StartActivity("fat.wait_votes")?.SetTag("fat.gid", scope.Gid);

    public static Activity? StartDecide(Scope scope) => Source.StartActivity("fat.decide")?.SetTag("fat.gid", scope.Gid);

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

    /// <summary>Phase 2 runs long after the request: it is put into the branch's trace by hand.</summary>
    public static Activity? StartFinish(WaitingBranch branch, Decision decision) =>
        Source.StartActivity(decision == Decision.Committed ? "fat.commit" : "fat.rollback", ActivityKind.Internal, branch.Trace)
            ?.SetTag("fat.gid", branch.Gid.ToString()).SetTag("fat.branch", branch.Id.Text);
}
