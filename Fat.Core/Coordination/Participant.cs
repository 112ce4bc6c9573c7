using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Coordination;

/// <summary>What the scopes of this process share: where branches wait, and where news goes.</summary>
internal sealed record Participant(
    Node Node,
    OpenScopes Scopes,
    WaitingBranches Waiting,
    Acknowledgements Acknowledgements,
    DecisionPublisher Publisher,
    SeenCalls SeenCalls,
    FinishedLocally FinishedLocally,
    Admission Admission,
    EndedGroups Ended,
    JoinedTransactions Joined,
    WorkSignals Signals,
    HistoryRecorder History)
{
    /// <summary>What recovery has seen in doubt in this service's databases.</summary>
    public InDoubtSeen InDoubt { get; } = new(Node.Time);

    /// <summary>How loud to log that a scope could not be registered.</summary>
    public Reminder NotRegistered { get; } = new(Node.Time, Reminder.Usual);

    public static Participant Create(Node node)
    {
        var acknowledgements = new Acknowledgements(node);
        return new Participant(
            node, new OpenScopes(), new WaitingBranches(node, acknowledgements), acknowledgements,
            new DecisionPublisher(node), new SeenCalls(node.Time), new FinishedLocally(), new Admission(), new EndedGroups(node.Time), new JoinedTransactions(),
            new WorkSignals(), new HistoryRecorder(node));
    }

    /// <summary>Lets a branch wait for the decision; before its vote can reach anybody.</summary>
    public WaitingBranch Wait(Scope scope, Branch branch, ScopeVotes? vote)
    {
        var waiting = new WaitingBranch(
            scope.Group, branch.Id, branch.Voted!, scope.RootInstance, scope.DecisionDatabase, branch.Method, branch.WaitCommit,
            Node.Time.GetTimestamp(), branch.Trace)
        {
            Vote = vote,
            Others = branch.Others,
            Acknowledges = scope is not RootScope { IsRegistered: false },
            Timelines = branch.Timelines,
            Followers = branch.Followers,
        };
        Waiting.Add(waiting);
        return waiting;
    }

    /// <summary>The root has sealed its group: what its calls share in this process prepares, and votes. Returns at once.</summary>
    public void Prepare(GroupId gid, IEnumerable<BranchId> counting)
    {
        foreach (var joined in Joined.Of(gid))
            _ = joined.VoteAsync(counting);
    }

    /// <summary>
    /// A decision has become known: waiting branches obey it, and methods that still run for the group are told to stop. Returns
    /// at once; a branch that cannot obey yet stays and is tried again.
    /// </summary>
    public void Decided(GroupId gid, DecisionRecord decision)
    {
        foreach (var child in Scopes.ChildrenOf(gid))
            child.Abort(AbortReason.Of(gid.ToString(), "decision", "The group was decided while this scope was still running."));
        foreach (var joined in Joined.Of(gid))
            joined.End();
        Waiting.Decide(gid, decision);
    }
}
