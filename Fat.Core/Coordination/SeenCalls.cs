using System.Collections.Concurrent;
using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>
/// The calls that have reached this process, so that a request which arrives twice does not run its method twice (rule S8).
/// Kept for as long as the group may live and a minute more; later copies, and copies that reach another instance, are
/// fenced by the registry and by the commit set. Thread-safe.
/// </summary>
internal sealed class SeenCalls(TimeProvider time)
{
    private static readonly TimeSpan Longer = TimeSpan.FromMinutes(1);

    private readonly Lock _forgetting = new();
    private readonly ConcurrentDictionary<(GroupId, CallId), TimeSpan> _calls = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly ConcurrentQueue<((GroupId, CallId) Call, TimeSpan Until)> _order = new();

    /// <summary>False when the call was here before.</summary>
    public bool TryBegin(GroupId gid, CallId call, TimeSpan remaining)
    {
        var now = time.GetElapsedTime(_origin);
        if (IsDue(now))
            Forget(now);
        var until = now + remaining + Longer;
        if (!_calls.TryAdd((gid, call), until))
            return false;
        _order.Enqueue(((gid, call), until));
        return true;
    }

    private bool IsDue(TimeSpan now) => _order.TryPeek(out var oldest) && oldest.Until < now;

    private void Forget(TimeSpan now)
    {
        // One at a time: between the look and the removal nobody else may remove the one that was looked at.
        lock (_forgetting)
        {
            while (IsDue(now) && _order.TryDequeue(out var oldest))
                _calls.TryRemove(oldest.Call, out _);
        }
    }
}
