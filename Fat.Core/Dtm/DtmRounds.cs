using System.Collections.Concurrent;
using Fat.Messages;

namespace Fat.Dtm;

/// <summary>Tells those who wait in this process that a transaction was worked on. A hint: other instances do not tell. Thread-safe.</summary>
internal sealed class DtmRounds(MessageCenter center)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    /// <summary>To be taken before the transaction is looked at.</summary>
    public Task Next(string gid) => _waiting.GetOrAdd(gid, static (_, completion) => new TaskCompletionSource(completion), center.Node.Background.Completion).Task;

    public void Forget(string gid) => _waiting.TryRemove(gid, out _);

    public void Tell(string gid)
    {
        if (_waiting.TryRemove(gid, out var waiting))
            waiting.TrySetResult();
    }
}
