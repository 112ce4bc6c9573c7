using Fat.Coordination;
using Fat.Resources;

namespace Fat.Incidents;

/// <summary>
/// Runs code of the application that a loop waits for. It is told when to stop, and where it does not heed that it is left to itself, so that
/// neither the loop nor the end of the process waits for it.
/// </summary>
internal static class GuestWork
{
    /// <summary>What it may take to stop.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <exception cref="TimeoutException">It goes on, though it was told to stop.</exception>
    public static async Task<T> RunAsync<T>(Node node, TimeSpan patience, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var running = UnderAsync(node, patience, work, cancellationToken);
        try
        {
            return await running.WaitAsync(patience + Grace, node.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !running.IsCompleted)
        {
            // The process stops, or nobody wants it any more.
            return await running.WaitAsync(Grace, node.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException exception) when (!running.IsCompleted)
        {
            throw new TimeoutException($"It was told to stop after {patience.TotalSeconds:0.###} s and goes on; it is left to itself.", exception);
        }
        finally
        {
            _ = ObserveAsync(running);
        }
    }

    private static async Task<T> UnderAsync<T>(Node node, TimeSpan patience, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        // It may block, too.
        await node.Background.NextTurn();
        using var limit = new Cancellation(node.Background, patience, node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await work(either.Token).ConfigureAwait(false);
    }

    /// <summary>How it ends once nobody waits changes nothing.</summary>
    private static async Task ObserveAsync(Task running) => await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
