namespace Fat.Resources;

/// <summary>Lets one flow in at a time, first come, first served. Thread-safe.</summary>
internal sealed class OneAtATime(Background background)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private bool _taken;

    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (!_taken)
            {
                _taken = true;
                return;
            }

            turn = new TaskCompletionSource(background.Completion);
            _waiting.Enqueue(turn);
        }

        var cancelled = cancellationToken.UnsafeRegister(static (turn, token) => ((TaskCompletionSource)turn!).TrySetCanceled(token), turn);
        await using (cancelled.ConfigureAwait(false))
            await turn.Task.ConfigureAwait(false);
    }

    public void Leave()
    {
        TaskCompletionSource? next;
        do
        {
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _taken = false;
                    return;
                }
            }
        }
        while (!next.TrySetResult());
    }
}
