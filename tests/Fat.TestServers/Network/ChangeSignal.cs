namespace Fat.TestServers.Network;

/// <summary>Wakes everybody who awaits the next change.</summary>
/// <remarks>Who waits for a condition takes <see cref="Next"/> first and looks at the condition then, so as to miss nothing.</remarks>
internal sealed class ChangeSignal
{
    private TaskCompletionSource _next = Create();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, Create()).SetResult();

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
