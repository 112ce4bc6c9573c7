using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Registry;

/// <summary>What one process tells another through its inbox. Every message is a hint: it may be lost or come twice.</summary>
internal abstract record InboxMessage
{
    /// <summary>A message about a group.</summary>
    public abstract record OfGroup(GroupId Gid) : InboxMessage;

    /// <summary>To the root: the votes that it waits for are in, and these are all that the record holds.</summary>
    public sealed record Ready(GroupId Gid, ImmutableArray<BranchVote> Votes) : OfGroup(Gid);

    /// <summary>To the root: somebody asks for an abort.</summary>
    public sealed record AbortAsked(GroupId Gid, AbortReason Reason) : OfGroup(Gid);

    /// <summary>To an instance with joined branches: the group is sealed, and these are the calls that count there (rule S9).</summary>
    public sealed record Prepare(GroupId Gid, ImmutableArray<BranchVote> Branches) : OfGroup(Gid);

    /// <summary>To an instance that owns branches: the decision, with the branches that it commits there.</summary>
    public sealed record Decided(GroupId Gid, DecisionRecord Decision) : OfGroup(Gid);

    /// <summary>To an instance that found too little to do lately: there is more in this queue of work.</summary>
    public sealed record Work(QueueName Queue) : InboxMessage;
}
