using Fat.Diagnostics;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>
/// Drains this process's inbox through one blocking connection, whatever the number of waiting groups, and hands each
/// message on. A push is a hint: what is lost is found by <see cref="CommitPoll"/> (rule L1).
/// </summary>
internal sealed class DecisionInbox : ILoop, IAsyncDisposable
{
    public const string LoopName = "inbox";

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    /// <summary>Half of it to one and a half times it: an outage ends the pops of all processes at the same moment.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Participant _participant;
    private readonly Cancellation _stopping;
    private readonly Task _running;
    private long _lastRead;
    private long _lastTurn;
    private bool _away;

    public DecisionInbox(Participant participant)
    {
        _participant = participant;
        _lastRead = _lastTurn = participant.Node.Time.GetTimestamp();
        _stopping = new Cancellation(participant.Node.Background);
        participant.Node.Loops.Add(this);
        _running = participant.Node.Background.Start(LoopAsync);
    }

    public string Name => LoopName;

    public bool IsVital => true;

    public TimeSpan Interval => Wait;

    public TimeSpan SinceEnd => _participant.Node.Time.GetElapsedTime(Volatile.Read(ref _lastTurn));

    /// <summary>How long ago the inbox was last read: more than a few seconds means that the loop or Redis is stuck.</summary>
    public TimeSpan SinceSuccess => _participant.Node.Time.GetElapsedTime(Volatile.Read(ref _lastRead));

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsRequested)
            return;
        _participant.Node.Loops.Remove(this);
        await _stopping.RequestAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task LoopAsync()
    {
        var node = _participant.Node;
        while (!_stopping.IsRequested)
        {
            try
            {
                var messages = await node.Registry.ReceiveAsync(node.Instance, Wait, _stopping.Token).ConfigureAwait(false);
                Volatile.Write(ref _lastRead, node.Time.GetTimestamp());
                if (_away)
                {
                    _away = false;
                    FatLog.InboxBack(node.Logger);
                }

                foreach (var message in messages)
                    Dispatch(message);
            }
            catch (OperationCanceledException) when (_stopping.IsRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Nothing is decided by this: polling and recovery find what the inbox would have told.
                if (!_away)
                    FatLog.InboxAway(node.Logger, exception);
                _away = true;
                await PauseAsync().ConfigureAwait(false);
            }

            Volatile.Write(ref _lastTurn, node.Time.GetTimestamp());
        }
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(Pause * (0.5 + Spread.Of(_participant.Node.Instance, LoopName)), _participant.Node.Time, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void Dispatch(InboxMessage message)
    {
        switch (message)
        {
            case InboxMessage.Ready ready:
                _participant.Scopes.Root(ready.Gid)?.VotesAreIn(ready.Votes);
                break;
            case InboxMessage.AbortAsked asked:
                _participant.Scopes.Root(asked.Gid)?.Abort(asked.Reason);
                break;
            case InboxMessage.Prepare prepare:
                _participant.Prepare(prepare.Gid, prepare.Branches.Select(branch => branch.Id));
                break;
            case InboxMessage.Decided decided:
                _participant.Decided(decided.Gid, decided.Decision);
                break;
            case InboxMessage.Work work:
                _participant.Signals.Signal(work.Queue);
                break;
        }
    }
}
