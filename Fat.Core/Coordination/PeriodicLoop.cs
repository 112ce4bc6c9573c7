using Fat.Diagnostics;
using Fat.Resources;
using Microsoft.Extensions.Logging;

namespace Fat.Coordination;

/// <summary>
/// Does something again and again until it is disposed. A failed turn is logged, the first of a row and then one now and then, and the next one comes at its time. The second turn comes
/// after a part of the interval that is another one in each process, so that a thousand processes that start together do not ask all at
/// the same moment ever after. It belongs to the process: nothing of its starter's asynchronous context flows in.
/// </summary>
internal sealed class PeriodicLoop : ILoop, IAsyncDisposable
{
    private readonly string _name;
    private readonly TimeSpan _interval;
    private readonly Func<CancellationToken, Task> _turn;
    private readonly Node _node;
    private readonly Cancellation _stopping;
    private readonly Task _running;
    private long _ended;
    private long _succeeded;
    private Type? _failure;
    private int _failures;
    private Reminder _reminder;

    private PeriodicLoop(string name, TimeSpan interval, Func<CancellationToken, Task> turn, Node node)
    {
        _name = name;
        _interval = interval;
        _turn = turn;
        _node = node;
        _stopping = new Cancellation(node.Background);
        _reminder = new Reminder(node.Time, Reminder.Usual);
        _ended = _succeeded = node.Time.GetTimestamp();
        node.Loops.Add(this);
        _running = node.Background.Start(LoopAsync);
    }

    public string Name => _name;

    public bool IsVital { get; private init; }

    public TimeSpan Interval => _interval;

    public TimeSpan SinceEnd => _node.Time.GetElapsedTime(Volatile.Read(ref _ended));

    public TimeSpan SinceSuccess => _node.Time.GetElapsedTime(Volatile.Read(ref _succeeded));

    public static PeriodicLoop Start(
        string name, TimeSpan interval, Func<CancellationToken, Task> turn, Node node, bool isVital = false) =>
        new(name, interval, turn, node) { IsVital = isVital };

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsRequested)
            return;
        _node.Loops.Remove(this);
        await _stopping.RequestAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task LoopAsync()
    {
        try
        {
            await TurnAsync().ConfigureAwait(false);
            await Task.Delay(_interval * Spread.Of(_node.Instance, _name), _node.Time, _stopping.Token).ConfigureAwait(false);
            using var timer = new PeriodicTimer(_interval, _node.Time);
            do
            {
                await TurnAsync().ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task TurnAsync()
    {
        try
        {
            await _turn(_stopping.Token).ConfigureAwait(false);
            Volatile.Write(ref _succeeded, _node.Time.GetTimestamp());
            Works();
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !_stopping.IsRequested)
        {
            // Nothing is decided by a turn that failed: what it was to do is found again by the next one.
            Fails(exception);
        }

        Volatile.Write(ref _ended, _node.Time.GetTimestamp());
    }

    private void Works()
    {
        if (_failures > 0)
            FatLog.LoopWorksAgain(_node.Logger, _name, _failures);
        _failures = 0;
        _failure = null;
    }

    private void Fails(Exception exception)
    {
        if (_failure != exception.GetType())
            _reminder = new Reminder(_node.Time, Reminder.Usual);
        _failure = exception.GetType();
        _failures++;
        var level = _reminder.Level(LogLevel.Error);
        FatLog.TurnFailed(_node.Logger, level, _name, exception);
    }
}
