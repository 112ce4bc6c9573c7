using System.Diagnostics.CodeAnalysis;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>
/// Lets one call at a time work on a shared transaction, first come, first served. While that one waits for a call that it has made
/// itself, what comes of it, at whatever depth, goes in between: it would wait for ever otherwise. Thread-safe.
/// </summary>
internal sealed class JoinedTurns(Background background)
{
    private readonly Lock _gate = new();
    private readonly List<Turn> _holders = [];
    private readonly List<Turn> _waiting = [];

    /// <summary>Waits for a turn.</summary>
    /// <param name="call">The call that wants to work; null for who ends the transaction, who waits until nobody works.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Turn> EnterAsync(CallId? call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var turn = new Turn(this, call, background.Completion);
        lock (_gate)
        {
            if (IsCaused(turn) || (_holders.Count == 0 && _waiting.Count == 0))
            {
                _holders.Add(turn);
                return turn;
            }

            _waiting.Add(turn);
        }

        await turn.ComesAsync(cancellationToken).ConfigureAwait(false);
        return turn;
    }

    private void Leave(Turn turn)
    {
        Remove(turn);
        while (TryTakeNext(out var next))
        {
            // One that has given up waiting is passed over.
            if (!next.TryBegin())
                Remove(next);
        }
    }

    private void Remove(Turn turn)
    {
        lock (_gate)
            _holders.Remove(turn);
    }

    private bool TryTakeNext([NotNullWhen(true)] out Turn? next)
    {
        lock (_gate)
        {
            next = _holders.Count == 0 ? _waiting.FirstOrDefault() : _waiting.Find(IsCaused);
            if (next is null)
                return false;
            _waiting.Remove(next);
            _holders.Add(next);
            return true;
        }
    }

    private bool IsCaused(Turn turn) => _holders.Count > 0 && turn.Call is { } call && _holders[^1].HasCaused(call);

    /// <summary>The time in which one call works on the transaction, until it is disposed.</summary>
    internal sealed class Turn(JoinedTurns turns, CallId? call, TaskCreationOptions completion) : IDisposable
    {
        private readonly TaskCompletionSource _comes = new(completion);
        private readonly List<CallId> _made = [];

        public CallId? Call => call;

        /// <summary>The method has made a call in its turn.</summary>
        public void Made(CallId made)
        {
            lock (turns._gate)
                _made.Add(made);
        }

        /// <summary>For who holds the gate.</summary>
        public bool HasCaused(CallId other) => _made.Exists(other.IsWithin);

        public bool TryBegin() => _comes.TrySetResult();

        public async Task ComesAsync(CancellationToken cancellationToken)
        {
            var cancelled = cancellationToken.UnsafeRegister(static (comes, token) => ((TaskCompletionSource)comes!).TrySetCanceled(token), _comes);
            await using (cancelled.ConfigureAwait(false))
                await _comes.Task.ConfigureAwait(false);
        }

        public void Dispose() => turns.Leave(this);
    }
}
