using System.Collections.Concurrent;

namespace Orders.Demonstration;

/// <summary>Where orders stand still until somebody opens: what happens meanwhile happens at exactly that moment.</summary>
public sealed class PauseGates
{
    private readonly ConcurrentDictionary<Guid, Gate> _gates = new();

    /// <summary>The order has come to its gate and waits there until it is opened.</summary>
    public async Task PassAsync(Guid order, CancellationToken cancellationToken)
    {
        var gate = Of(order);
        gate.Reached.TrySetResult();
        await gate.Opened.Task.WaitAsync(cancellationToken);
        _gates.TryRemove(order, out _);
    }

    /// <summary>Completes when the order stands at its gate.</summary>
    public Task ReachedAsync(Guid order, CancellationToken cancellationToken) => Of(order).Reached.Task.WaitAsync(cancellationToken);

    public void Open(Guid order) => Of(order).Opened.TrySetResult();

    private Gate Of(Guid order) => _gates.GetOrAdd(order, _ => new Gate());

    private sealed class Gate
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
