namespace Fat.TestServers;

/// <summary>A container that was started here and is removed with this object.</summary>
internal sealed class Container(string engine, string name, int port, ChildProcess process) : IAsyncDisposable
{
    // The image may have to be fetched first.
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RemoveTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The port on the loopback interface.</summary>
    public int Port => port;

    /// <summary>Asks again and again whether the server in the container answers, until it does or the container ends.</summary>
    /// <exception cref="ServerStartException">The container ended, or its server did not answer in time.</exception>
    public async Task WaitUntilReadyAsync(Func<CancellationToken, Task<bool>> answersAsync, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(ReadyTimeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            while (!await answersAsync(either.Token))
            {
                if (process.HasExited)
                    throw new ServerStartException(process.WithTail($"The container {name} ended while it started."));
                await Task.Delay(ProbeInterval, TimeProvider.System, either.Token);
            }
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerStartException(process.WithTail($"The container {name} did not answer within {ReadyTimeout}."), failure);
        }
    }

    /// <summary>Stops and removes the container.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            var remove = new ChildProcessOptions { FileName = engine, Arguments = ["rm", "--force", "--volumes", name] };
            await Command.RunAsync(remove, RemoveTimeout, CancellationToken.None);
        }
        finally
        {
            await process.DisposeAsync();
        }
    }
}
