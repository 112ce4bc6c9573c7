namespace Fat.Shop;

/// <summary>Where a gated errand stays until the test lets it go on. Thread-safe.</summary>
internal sealed class Gate
{
    private volatile Turn _turn = new();

    public Task Reached => _turn.Reached.Task;

    public Task PassAsync(CancellationToken cancellationToken)
    {
        var turn = _turn;
        turn.Reached.TrySetResult();
        return turn.Open.Task.WaitAsync(cancellationToken);
    }

    public void Open() => _turn.Open.TrySetResult();

    public void Close() => _turn = new Turn();

    private sealed class Turn
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
