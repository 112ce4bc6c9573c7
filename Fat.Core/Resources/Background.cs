using System.Runtime.CompilerServices;

namespace Fat.Resources;

/// <summary>
/// Where work goes that must not run on the stack of whoever caused it: the thread pool. It is the one place that says so, so
/// that a simulation can run the same code on a single thread, in an order of its own choice.
/// </summary>
internal class Background
{
    protected Background()
    {
    }

    public static Background ThreadPool { get; } = new();

    /// <summary>Whether what waits for a task that is completed by hand runs at once, on the stack that completes it.</summary>
    public virtual bool IsInline => false;

    /// <summary>For tasks that are completed by hand.</summary>
    public TaskCreationOptions Completion => IsInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>Starts a loop that belongs to the process: nothing of the starter's asynchronous context flows in.</summary>
    public virtual Task Start(Func<Task> loop)
    {
        using (ExecutionContext.SuppressFlow())
            return Task.Run(loop);
    }

    /// <summary>
    /// To be awaited in place of a task that several flows await. When it ends the runtime sends all flows but one to the thread pool;
    /// a simulation takes care that it does not.
    /// </summary>
    public virtual Task Shared(Task task) => task;

    /// <summary>The token is cancelled when this returns; what is registered with it runs elsewhere.</summary>
    public virtual Task CancelAsync(CancellationTokenSource source) => source.CancelAsync();

    /// <summary>Awaited, it goes on elsewhere, with the asynchronous context of the caller.</summary>
    public Turn NextTurn() => new(this);

    protected virtual void Queue(Action action) =>
        System.Threading.ThreadPool.UnsafeQueueUserWorkItem(static action => action(), action, preferLocal: false);

    internal readonly struct Turn(Background background) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Turn GetAwaiter() => this;

        public void GetResult()
        {
            // Nothing comes of a turn but its having come.
        }

        public void OnCompleted(Action continuation) => background.Queue(continuation);

        public void UnsafeOnCompleted(Action continuation) => background.Queue(continuation);
    }
}
