using System.Collections.Concurrent;

namespace Fat.Coordination;

/// <summary>The loops that run in this process. Thread-safe.</summary>
internal sealed class Loops
{
    private readonly ConcurrentDictionary<ILoop, bool> _running = new();

    public ICollection<ILoop> All => _running.Keys;

    public void Add(ILoop loop) => _running[loop] = true;

    public void Remove(ILoop loop) => _running.TryRemove(loop, out _);
}
