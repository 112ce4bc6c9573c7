using Fat.Faults;
using Fat.Protocol;

namespace Fat.Core.Tests.Messages;

/// <summary>Keeps what comes to a point waiting until it is opened.</summary>
internal sealed class Gate(FaultPoint at) : FaultPoints
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when something has come.</summary>
    public Task Reached => _reached.Task;

    public void Open() => _open.TrySetResult();

    public override ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups)
    {
        if (point != at)
            return ValueTask.CompletedTask;
        _reached.TrySetResult();
        return new ValueTask(_open.Task);
    }

    public override ValueTask AfterAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => ValueTask.CompletedTask;
}
