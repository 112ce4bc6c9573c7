using Fat.Faults;
using Fat.Protocol;

namespace Fat.Core.Tests.Messages;

/// <summary>Keeps what comes to a point waiting until it is opened.</summary>
/// <param name="at">The point.</param>
/// <param name="passing">How many pass before.</param>
internal sealed class Gate(FaultPoint at, int passing = 0) : FaultPoints
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _passing = passing;
    private int _came;

    /// <summary>Ends when something has come.</summary>
    public Task Reached => _reached.Task;

    /// <summary>How many have come.</summary>
    public int Came => Volatile.Read(ref _came);

    public void Open() => _open.TrySetResult();

    public override ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups)
    {
        if (point != at)
            return ValueTask.CompletedTask;
        Interlocked.Increment(ref _came);
        if (Interlocked.Decrement(ref _passing) >= 0)
            return ValueTask.CompletedTask;
        _reached.TrySetResult();
        return new ValueTask(_open.Task);
    }

    public override ValueTask AfterAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => ValueTask.CompletedTask;
}
