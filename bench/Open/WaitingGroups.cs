namespace Fat.Bench.Open;

/// <summary>Groups that have everything but their decision.</summary>
internal sealed class WaitingGroups(OpenRoot root)
{
    private const int Together = 100;

    private readonly Queue<(int Account, TaskCompletionSource Gate, Task Running)> _groups = new();
    private int _accounts;

    public int Count => _groups.Count;

    /// <summary>Opens more, until there are so many.</summary>
    public async Task OpenAsync(int count, CancellationToken cancellationToken)
    {
        while (Count < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var opened = new List<Task>();
            for (var i = Math.Min(Together, count - Count); i > 0; i--)
            {
                var account = _accounts++ % Service.LedgerContext.Accounts;
                var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var running = root.GroupAsync(account, () =>
                {
                    open.TrySetResult();
                    return gate.Task;
                });
                _groups.Enqueue((account, gate, running));
                opened.Add(Task.WhenAny(open.Task, running).Unwrap());
            }

            await Task.WhenAll(opened);
        }
    }

    /// <summary>Lets the oldest be decided; returns its account and when it was.</summary>
    public async Task<(int Account, DateTime Decided)> DecideAsync()
    {
        var (account, gate, running) = _groups.Dequeue();
        gate.SetResult();
        await running;
        return (account, TimeProvider.System.GetUtcNow().UtcDateTime);
    }
}
