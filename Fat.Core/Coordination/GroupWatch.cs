using Fat.Protocol;
using Fat.Registry;

namespace Fat.Coordination;

/// <summary>
/// Sees what happens to groups in this process at the moment at which it happens. Does nothing in an application; Fat.Testing keeps a record. Must
/// return at once and not throw. Thread-safe.
/// </summary>
internal class GroupWatch
{
    public static GroupWatch None { get; } = new();

    /// <summary>A scope begins.</summary>
    public virtual void Entered(Scope scope)
    {
    }

    /// <summary>Something happens to a scope; while it is being made as well.</summary>
    public virtual void Happened(Scope scope, GroupEvent happened)
    {
    }

    /// <summary>A branch is about to begin its transaction, in this very flow.</summary>
    public virtual void Began(Branch branch)
    {
    }

    /// <summary>A branch has voted, or wrote nothing and is over.</summary>
    public virtual void Voted(GroupId gid, BranchId branch, Vote vote)
    {
    }

    /// <summary>What the history will be told.</summary>
    public virtual void Told(PastEntry entry)
    {
    }
}
