using Fat.Protocol;

namespace Fat.Faults;

/// <summary>
/// Where tests let a durable write or a message fail: by throwing, by waiting, or by killing the process. Before means that it was
/// never sent, after that it was done and its answer is lost. Does nothing in an application. Thread-safe.
/// </summary>
internal class FaultPoints
{
    public static FaultPoints None { get; } = new();

    /// <summary>What it throws is what the server's client would have thrown.</summary>
    /// <param name="point">The place.</param>
    /// <param name="groups">The groups that the write or message is about; none for a heartbeat.</param>
    public virtual ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => ValueTask.CompletedTask;

    /// <inheritdoc cref="BeforeAsync"/>
    public virtual ValueTask AfterAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => ValueTask.CompletedTask;
}
