using System.Collections.Immutable;
using Fat.Coordination;
using Fat.Decisions;
using Fat.Protocol;
using Fat.Recovery;

namespace Fat.Administration;

/// <summary>What is known, in the words that operators see.</summary>
internal static class Shown
{
    public static FatDecision Of(Decision decision) => decision == Decision.Committed ? FatDecision.Committed : FatDecision.RolledBack;

    public static ImmutableArray<string> CommitSet(DecisionRecord? decision) => decision is null ? [] : [.. decision.Branches.Select(branch => branch.Id.Text)];

    public static FatGroupAbort? Of(AbortReason? abort) => abort is null ? null : new FatGroupAbort(abort.Service, abort.Method, abort.Reason);

    public static FatGroupRecord Of(GroupSnapshot snapshot, TimeSpan? silence) => new()
    {
        RootService = snapshot.RootInstance?.Service.Text,
        RootInstance = snapshot.RootInstance?.Text,
        RootSilence = silence,
        DecisionDatabase = snapshot.DecisionDatabase?.Text,
        Remaining = snapshot.Remaining,
        IsWaitingForVotes = snapshot is { Seal: not null, Decision: null },
        Decision = snapshot.Decision is { } decision ? Of(decision.Decision) : null,
        CommitSet = CommitSet(snapshot.Decision),
        Abort = Of(snapshot.Abort),
        Scopes = [.. snapshot.Scopes.Select(scope => new FatGroupScope(
            scope.Id.Text, scope.Instance.Service.Text, scope.Instance.Text, scope.Name, scope.Id.Call.IsRoot))],
        Branches = [.. snapshot.Branches.Select(view => new FatGroupBranch(
            view.Branch.Id.Text, view.Branch.Instance.Service.Text, view.Branch.Instance.Text, Of(view.Branch.Vote), view.Done))],
    };

    public static FatInDoubtBranch Of(InDoubtBranch branch, bool isWaitedFor) => new(
        branch.Name.Gid.ToString(), branch.Name.Branch.Text, branch.Database.Text, branch.Age, branch.Name.RootService.Text,
        branch.Name.DecisionDatabase.Text, isWaitedFor)
    {
        PreparedName = branch.Name.ToString(),
    };

    public static FatWaitingBranch Of(WaitingBranch branch, TimeSpan age) => new(branch.Id.Text, branch.Method, age, branch.Voted.IsDurable);

    public static FatDecisionRow Of(DecisionRow row, FatName database) => new(database.Text, Of(row.Decision.Decision), CommitSet(row.Decision), row.At, row.Forced);

    public static FatForceRecord Of(ForceRecord record, FatName database) => new(
        record.Gid.ToString(), Of(record.Asked), record.Decided, Of(record.Standing.Decision), CommitSet(record.Standing), record.By, record.Reason, record.At,
        record.Instance, database.Text);

    public static FatVote Of(Vote vote) => vote switch
    {
        Vote.Prepared => FatVote.Prepared,
        Vote.ReadOnly => FatVote.ReadOnly,
        Vote.Joined => FatVote.Joined,
        _ => FatVote.Pending,
    };
}
