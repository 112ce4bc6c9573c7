using Fat.Resources;

namespace Fat.Core.Tests.Simulation;

/// <summary>In place of the thread pool: the world's own queue.</summary>
internal sealed class SimBackground(World world, SimProcess process) : Background
{
    public override bool IsInline => true;

    public override Task Start(Func<Task> loop)
    {
        var done = new TaskCompletionSource();
        Queue(() => _ = RunAsync());
        return done.Task;

        async Task RunAsync()
        {
            await loop().ConfigureAwait(false);
            done.SetResult();
        }
    }

    public override Task Shared(Task task) => task.IsCompleted
        ? task
        : task.ContinueWith(static task => task, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Unwrap();

    public override Task CancelAsync(CancellationTokenSource source)
    {
        source.Cancel();
        return Task.CompletedTask;
    }

    protected override void Queue(Action action)
    {
        world.HoldsThread();
        world.Post(process, world.Dice.Time(TimeSpan.Zero, TimeSpan.FromMicroseconds(300)), "turn", action);
    }
}
