using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>The last groups that this process ended as their root, for operators: a root that rolls back leaves no row. Thread-safe.</summary>
internal sealed class EndedGroups(TimeProvider time)
{
    private const int Most = 1000;

    private readonly Queue<EndedGroup> _groups = new();
    private readonly Lock _gate = new();

    /// <summary>Newest first.</summary>
    public IReadOnlyList<EndedGroup> All
    {
        get
        {
            lock (_gate)
                return [.. _groups.Reverse()];
        }
    }

    /// <summary>A group that is in doubt has not ended.</summary>
    public void Add(RootScope root, FatScopeResult result)
    {
        if (result.Outcome == FatOutcome.InDoubt)
            return;
        var decision = result.Outcome == FatOutcome.Committed ? Decision.Committed : Decision.RolledBack;
        var abort = result.Error is FatAbortedException error ? new AbortReason(error.Service, error.Method, error.Reason) : null;
        var group = new EndedGroup(root.Group, decision, root.Request.Name, abort, time.GetUtcNow());
        lock (_gate)
        {
            if (_groups.Count == Most)
                _groups.Dequeue();
            _groups.Enqueue(group);
        }
    }
}
