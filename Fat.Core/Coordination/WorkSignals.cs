using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>Who in this process listens for work in which queues. A signal is a hint: it may come for nothing, or not at all. Thread-safe.</summary>
internal sealed class WorkSignals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<QueueName, ImmutableArray<Listening>> _listening = [];

    /// <summary>Listens until the result is disposed of.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="signalled">Called on the thread that reads the inbox: it returns at once and does not throw. A signal that is under way may still call it afterwards.</param>
    public IDisposable Listen(QueueName queue, Action signalled)
    {
        var listening = new Listening(this, queue, signalled);
        lock (_gate)
            _listening[queue] = [.. Of(queue), listening];
        return listening;
    }

    /// <summary>There is work in a queue.</summary>
    public void Signal(QueueName queue)
    {
        ImmutableArray<Listening> all;
        lock (_gate)
            all = Of(queue);
        foreach (var one in all)
            one.Signalled();
    }

    private ImmutableArray<Listening> Of(QueueName queue) => _listening.GetValueOrDefault(queue, []);

    private void End(Listening listening)
    {
        lock (_gate)
        {
            var left = Of(listening.Queue).Remove(listening);
            if (left.IsEmpty)
                _listening.Remove(listening.Queue);
            else
                _listening[listening.Queue] = left;
        }
    }

    private sealed class Listening(WorkSignals signals, QueueName queue, Action signalled) : IDisposable
    {
        public QueueName Queue => queue;

        public Action Signalled => signalled;

        public void Dispose() => signals.End(this);
    }
}
