using System.Collections.Immutable;
using Fat.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace Fat.Core.Tests.Protocol;

/// <summary>
/// Random histories of a small group: two calls, one of which calls on, each possibly executed twice, and two local branches.
/// </summary>
internal static class Events
{
    private static readonly string[] Local = ["0-0000000a-1", "0-0000000a-2"];
    private static readonly string[] Calls = ["1", "2", "1.1"];
    private static readonly string[] Executions = ["0000000b", "0000000c"];

    private static readonly Gen<BranchId> Remote =
        from call in Gen.Elements(Calls)
        from execution in Gen.Elements(Executions)
        from number in Gen.Choose(1, 2)
        select Sample.Branch($"{call}-{execution}-{number}");

    private static readonly Gen<BranchVote> RemoteVote =
        from id in Remote
        from vote in Any.Vote
        select new BranchVote(id, Sample.There, vote);

    private static readonly Gen<ImmutableArray<BranchVote>> RemoteVotes =
        Gen.Choose(0, 3).SelectMany(count => RemoteVote.ListOf(count)).Select(votes => votes.DistinctBy(vote => vote.Id).ToImmutableArray());

    private static readonly Gen<AbortReason> Reason = Gen.Elements("one", "two", "three").Select(text => AbortReason.Of("stock", "Take", text));

    /// <summary>Replies name one execution of each call: a scope knows what its own calls came back with.</summary>
    private static readonly Gen<GroupEvent> Answered =
        from call in Gen.Elements(Calls)
        from execution in Gen.Elements(Executions)
        from below in Gen.Elements(Executions)
        from votes in RemoteVotes
        from pending in Gen.Elements(0, 0, 1)
        select (GroupEvent)new GroupEvent.CallAnswered(
            Sample.Call(call),
            Sample.Scope($"{call}-{execution}"),
            [.. votes.Where(vote => vote.Id.Scope == Sample.Scope($"{call}-{execution}") || (call == "1" && pending == 0 && vote.Id.Scope == Sample.Scope($"1.1-{below}")))],
            call == "1" && pending == 1 ? [Sample.Call("1.1")] : []);

    private static readonly Gen<GroupEvent> RegistryRead =
        from votes in RemoteVotes
        from owner in Gen.Elements(Calls)
        from execution in Gen.Elements(Executions)
        from closed in Gen.Elements(0, 1, 2)
        from abort in Gen.Frequency((20, Gen.Constant<AbortReason?>(null)), (1, Reason.Select(reason => (AbortReason?)reason)))
        select Sample.Read(Sample.Snapshot([.. votes]) with
        {
            Abort = abort,
            Scopes = closed switch { 0 => [], 1 => [Sample.Open($"{owner}-{execution}")], _ => [Closed($"{owner}-{execution}", votes)] },
        });

    public static Gen<GroupEvent> Undecided { get; } = Gen.Frequency(
        (4, Gen.Elements("1", "2").Select(Sample.Began)),
        (3, Gen.Elements(Local).Select(Sample.Opened)),
        (6, from branch in Gen.Elements(Local) from vote in Any.Vote select Sample.Voted(branch, vote)),
        (6, from branch in Remote from vote in Any.Vote select (GroupEvent)new GroupEvent.BranchVoted(branch, vote)),
        (8, Answered),
        (6, RegistryRead),
        (1, Gen.Elements(Calls).Select(Sample.Failed)),
        (1, Reason.Select(reason => Sample.AbortAsked(reason))),
        (1, Gen.Constant(Sample.Returned)));

    public static Gen<GroupEvent> All { get; } = Gen.Frequency(
        (30, Undecided),
        (3, Gen.Constant(Sample.Deciding)),
        (3, Gen.Elements(Enum.GetValues<DecisionResult>()).Select(Sample.Written)));

    public static Gen<IReadOnlyList<GroupEvent>> History(Gen<GroupEvent> one) =>
        Gen.Choose(1, 40).SelectMany(count => one.ListOf(count)).Select(events => (IReadOnlyList<GroupEvent>)[.. events]);

    /// <summary>The states before and after every event that was accepted; an event that throws leaves the state as it was.</summary>
    public static IEnumerable<(GroupState Before, GroupEvent Event, GroupState After)> Steps(IEnumerable<GroupEvent> history)
    {
        var state = GroupState.Begun;
        foreach (var happened in history)
        {
            GroupState next;
            try
            {
                next = GroupTransition.Apply(state, happened);
            }
            catch (InvalidOperationException)
            {
                continue;
            }

            yield return (state, happened, next);
            state = next;
        }
    }

    private static ScopeView Closed(string scope, IEnumerable<BranchVote> votes) =>
        Sample.Closed(scope).Naming(votes.Where(vote => vote.Id.Scope == Sample.Scope(scope)).Select(vote => vote.Id.Text));
}
