namespace Fat.Bench.Coordination;

/// <summary>Groups whose calls are answered and whose root waits: they stay open, with their branches voted, until they are let go.</summary>
internal sealed class OpenGroups(CoordinationWorld world)
{
    private const int Together = 200;

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _running = [];

    public int Count => _running.Count;

    /// <summary>Opens more, until there are so many.</summary>
    public async Task OpenAsync(int count, CancellationToken cancellationToken)
    {
        while (Count < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var opened = new List<Task>();
            for (var i = Math.Min(Together, count - Count); i > 0; i--)
            {
                var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var running = world.GroupAsync(branches: 1, () =>
                {
                    open.TrySetResult();
                    return _gate.Task;
                });
                _running.Add(running);
                opened.Add(Task.WhenAny(open.Task, running));
            }

            await Task.WhenAll(opened);
        }
    }

    /// <summary>Lets all of them commit.</summary>
    public async Task CloseAsync()
    {
        _gate.TrySetResult();
        await Task.WhenAll(_running);
    }
}
