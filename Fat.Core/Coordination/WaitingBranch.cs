using System.Collections.Immutable;
using System.Diagnostics;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>A branch of this process that has voted and waits for the decision (stage 2).</summary>
/// <param name="Gid">The group.</param>
/// <param name="Id">The branch.</param>
/// <param name="Voted">What obeys the decision.</param>
/// <param name="Root">The process that runs the root.</param>
/// <param name="DecisionDatabase">Where the decision is kept.</param>
/// <param name="Method">The branch's method, for people.</param>
/// <param name="WaitCommit">When to ask for a decision.</param>
/// <param name="VotedAt">When it voted, by this process's monotonic clock.</param>
/// <param name="Trace">The branch's trace, so that its commit appears there.</param>
internal sealed record WaitingBranch(
    GroupId Gid,
    BranchId Id,
    IVotedBranch Voted,
    InstanceId Root,
    FatName DecisionDatabase,
    string Method,
    TimeSpan WaitCommit,
    long VotedAt,
    ActivityContext Trace)
{
    private int _finishing;
    private bool _over;

    /// <summary>Where it is.</summary>
    public FatName Database => Voted.Database;

    /// <summary>What to send again when the registry has lost the vote; null when the vote travelled in the reply.</summary>
    public ScopeVotes? Vote { get; set; }

    /// <summary>Branches of other calls in the same transaction: they obey, and acknowledge, along with this one.</summary>
    public ImmutableArray<BranchId> Others { get; init; } = [];

    /// <summary>What happens to it, and to all that share its transaction; empty when nothing is remembered.</summary>
    public ImmutableArray<BranchTimeline> Timelines { get; init; } = [];

    /// <summary>What follows when it is known to have obeyed. Nothing here may lead to the method's DI scope: a branch can wait for long, and many do.</summary>
    public ImmutableArray<Followers> Followers { get; init; } = [];

    /// <summary>Whether the registry has a record of the group in which to acknowledge.</summary>
    public bool Acknowledges { get; init; } = true;

    /// <summary>The decision, when it is known and could not be obeyed yet.</summary>
    public DecisionRecord? Known { get; set; }

    /// <summary>When its database did not obey for the first time.</summary>
    public long? DisobeyedAt { get; set; }

    /// <summary>When its database is asked to obey again.</summary>
    public long TriedAgainAt { get; set; }

    /// <summary>When it was last looked up in the registry.</summary>
    public long? LookedAt { get; set; }

    /// <summary>When it last asked for a decision.</summary>
    public long? AskedAt { get; set; }

    /// <summary>Whether the root has been asked to give up.</summary>
    public bool AskedToAbort { get; set; }

    /// <summary>Whether it waits no more.</summary>
    public bool IsOver
    {
        get => Volatile.Read(ref _over);
        set => Volatile.Write(ref _over, value);
    }

    /// <summary>The attempt to obey that is under way, if any. It does not fail.</summary>
    public Task Finishing { get; set; } = Task.CompletedTask;

    public bool TryBeginFinishing() => Interlocked.CompareExchange(ref _finishing, 1, 0) == 0;

    public void GiveUpFinishing() => Volatile.Write(ref _finishing, 0);
}
