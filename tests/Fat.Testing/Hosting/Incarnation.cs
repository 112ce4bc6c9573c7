using Fat.Coordination;
using Fat.Testing.Data;

namespace Fat.Testing.Hosting;

/// <summary>
/// One process of a service, from its start to its end. Everything that leaves it passes here: when it is killed nothing does any more, and its flows stay where
/// they are until the cluster ends. Thread-safe.
/// </summary>
internal sealed class Incarnation(FatTestService service, int number)
{
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _buried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isKilled;

    public FatTestService Service => service;

    /// <summary>1 for the first process of the service.</summary>
    public int Number => number;

    public string Name => number == 1 ? service.Name : $"{service.Name} #{number}";

    public bool IsKilled => _isKilled;

    /// <summary>Ends when it is killed.</summary>
    public Task Killed => _killed.Task;

    /// <summary>Set when its host is built.</summary>
    public Participant? Participant { get; set; }

    /// <summary>Whether no request and no branch of its runs.</summary>
    public bool IsIdle => _isKilled || Participant is not { } participant || participant.Scopes.Count == 0;

    /// <summary>Returns at once while it is alive. In one that was killed it returns when the cluster ends, and the caller is to fail.</summary>
    public ValueTask PassAsync() => _isKilled ? new ValueTask(_buried.Task) : ValueTask.CompletedTask;

    public ValueTask BeginsAsync(BranchKey branch, CancellationToken cancellationToken) => service.Cluster.Faults.Plan.BeginsAsync(this, branch, cancellationToken);

    /// <summary>From now on nothing passes.</summary>
    public bool TryKill()
    {
        lock (_killed)
        {
            if (_isKilled)
                return false;
            _isKilled = true;
            return true;
        }
    }

    /// <summary>Nothing of it is left: those who waited for it go on.</summary>
    public void Gone() => _killed.TrySetResult();

    /// <summary>The cluster ends: what hangs may unwind.</summary>
    public void Bury() => _buried.TrySetResult();
}
