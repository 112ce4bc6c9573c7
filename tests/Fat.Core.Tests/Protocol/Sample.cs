using Fat.Protocol;

namespace Fat.Core.Tests.Protocol;

/// <summary>Protocol values that tests name: calls and scopes by their text, short names for events.</summary>
internal static class Sample
{
    public static readonly AbortReason Reason = AbortReason.Of("stock", "Take", "Out of stock.");

    public static readonly InstanceId Here = Instance("orders~0000000000aa");

    public static readonly InstanceId There = Instance("stock~0000000000bb");

    public static GroupState Running => GroupState.Begun;

    public static InstanceId Instance(string text) => InstanceId.TryParse(text, out var id) ? id : throw new ArgumentException(text, nameof(text));

    public static CallId Call(string text) => CallId.TryParse(text, out var id) ? id : throw new ArgumentException(text, nameof(text));

    public static ScopeId Scope(string text) => ScopeId.TryParse(text, out var id) ? id : throw new ArgumentException(text, nameof(text));

    public static BranchId Branch(string text) => BranchId.TryParse(text, out var id) ? id : throw new ArgumentException(text, nameof(text));

    public static BranchVote Pending(string branch) => new(Branch(branch), There, Vote.Pending);

    public static BranchVote Prepared(string branch) => new(Branch(branch), There, Vote.Prepared);

    public static BranchVote ReadOnly(string branch) => new(Branch(branch), There, Vote.ReadOnly);

    public static GroupEvent Began(string call) => new GroupEvent.CallBegan(Call(call), "stock");

    public static GroupEvent Answered(string scope, params BranchVote[] branches) =>
        new GroupEvent.CallAnswered(Scope(scope).Call, Scope(scope), [.. branches], []);

    public static GroupEvent AnsweredWithPending(string scope, params string[] pending) =>
        new GroupEvent.CallAnswered(Scope(scope).Call, Scope(scope), [], [.. pending.Select(Call)]);

    public static GroupEvent Failed(string call) => new GroupEvent.CallFailed(Call(call), Reason);

    public static GroupEvent Opened(string branch) => new GroupEvent.BranchOpened(new BranchVote(Branch(branch), Here, Vote.Pending));

    public static GroupEvent Voted(string branch, Vote vote = Vote.Prepared) => new GroupEvent.BranchVoted(Branch(branch), vote);

    public static GroupEvent CommitPoint(string branch) => new GroupEvent.BranchIsCommitPoint(Branch(branch));

    public static GroupEvent AbortAsked(AbortReason? reason = null) => new GroupEvent.AbortAsked(reason ?? Reason);

    public static GroupEvent Returned { get; } = new GroupEvent.MethodReturned();

    public static GroupEvent Deciding { get; } = new GroupEvent.Deciding();

    public static GroupEvent Written(DecisionResult result) => new GroupEvent.DecisionWritten(result);

    public static GroupEvent Read(params BranchVote[] branches) => new GroupEvent.RegistryRead(Snapshot(branches));

    public static GroupEvent Read(GroupSnapshot snapshot) => new GroupEvent.RegistryRead(snapshot);

    public static GroupSnapshot Snapshot(params BranchVote[] branches) =>
        new() { Branches = [.. branches.Select(branch => new BranchView(branch, Done: false))] };

    public static ScopeView Open(string scope) => new(Scope(scope), There, "Take", null, null, Closed: null);

    /// <summary>A scope that has closed without branches, with the calls that it could not wait for.</summary>
    public static ScopeView Closed(string scope, params string[] pending) => Open(scope) with { Closed = new ClosedScope([], [.. pending.Select(Call)]) };

    /// <summary>The branches of the executions that count, its own and those below it.</summary>
    public static ScopeView Naming(this ScopeView closed, params IEnumerable<string> branches) =>
        closed with { Closed = closed.Closed! with { Branches = [.. branches.Select(Branch)] } };

    public static GroupState After(params GroupEvent[] events) => Running.Then(events);

    public static GroupState Then(this GroupState state, params GroupEvent[] events) => events.Aggregate(state, GroupTransition.Apply);

    /// <summary>A group of one prepared branch in the given phase, reached by events alone.</summary>
    public static GroupState In(GroupPhase phase)
    {
        var running = After(Opened("0-0000000a-1"), Voted("0-0000000a-1"));
        return phase switch
        {
            GroupPhase.Running => running,
            GroupPhase.Waiting => running.Then(Returned),
            GroupPhase.Deciding => running.Then(Returned, Deciding),
            GroupPhase.Committed => running.Then(Returned, Deciding, Written(DecisionResult.Committed)),
            GroupPhase.RolledBack => running.Then(Returned, Deciding, Written(DecisionResult.Failed)),
            GroupPhase.InDoubt => running.Then(Returned, Deciding, Written(DecisionResult.Unknown)),
            _ => throw new ArgumentOutOfRangeException(nameof(phase)),
        };
    }
}
