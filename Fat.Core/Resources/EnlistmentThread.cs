namespace Fat.Resources;

/// <summary>Threads of which each enlists one transaction (<see cref="FatDialect.EnlistsByThread"/>).</summary>
internal static class EnlistmentThread
{
    private const int StackSize = 256 * 1024;

    /// <summary>Runs work on a new thread, which no other work has had or will have.</summary>
    public static Task RunAsync(Action work, Background background)
    {
        var done = new TaskCompletionSource(background.Completion);
        var thread = new Thread(
            () =>
            {
                try
                {
                    work();
                    done.SetResult();
                }
                catch (Exception exception)
                {
                    // Whoever awaits it is told.
                    done.SetException(exception);
                }
            },
            StackSize);
        thread.IsBackground = true;
        thread.Name = "Fat enlistment";
        thread.Start();
        return done.Task;
    }
}
