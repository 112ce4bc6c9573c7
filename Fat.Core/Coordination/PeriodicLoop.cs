using Fat.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Fat.Coordination;

/// <summary>
/// Does something again and again until it is disposed. A failed turn is logged and the next one comes at its time. It belongs
/// to the process: nothing of its starter's asynchronous context flows in.
/// </summary>
internal sealed class PeriodicLoop : IAsyncDisposable
{
    private readonly string _name;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly Func<CancellationToken, Task> _turn;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    private PeriodicLoop(string name, TimeSpan interval, TimeProvider time, Func<CancellationToken, Task> turn, ILogger logger)
    {
        _name = name;
        _interval = interval;
        _time = time;
        _turn = turn;
        _logger = logger;
        using (ExecutionContext.SuppressFlow())
            _running = Task.Run(LoopAsync);
    }

    public static PeriodicLoop Start(
        string name, TimeSpan interval, TimeProvider time, Func<CancellationToken, Task> turn, ILogger logger) =>
        new(name, interval, time, turn, logger);

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(_interval, _time);
        try
        {
            do
            {
                try
                {
                    await _turn(_stopping.Token).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !_stopping.IsCancellationRequested)
                {
                    // Nothing is decided by a turn that failed: what it was to do is found again by the next one.
                    FatLog.TurnFailed(_logger, _name, exception);
                }
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
