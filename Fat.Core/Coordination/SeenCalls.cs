using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>
/// The calls that have reached this process, so that a request which arrives twice does not run its method twice (rule S8).
/// Kept for as long as the group may live and a minute more, each by itself: one that may take an hour keeps no other. Later copies, and copies
/// that reach another instance, are fenced by the registry and by the commit set. Thread-safe.
/// </summary>
internal sealed class SeenCalls(TimeProvider time)
{
    /// <summary>With one call, which adds one itself: after a rest none pays for a hundred thousand.</summary>
    private const int MostForgotten = 8;

    private static readonly TimeSpan Longer = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly HashSet<(GroupId, CallId)> _calls = [];
    private readonly PriorityQueue<(GroupId, CallId), TimeSpan> _until = new();
    private readonly long _origin = time.GetTimestamp();

    /// <summary>False when the call was here before.</summary>
    public bool TryBegin(GroupId gid, CallId call, TimeSpan remaining)
    {
        var now = time.GetElapsedTime(_origin);
        lock (_gate)
        {
            for (var left = MostForgotten; left > 0 && _until.TryPeek(out var oldest, out var until) && until < now; left--)
            {
                _until.Dequeue();
                _calls.Remove(oldest);
            }

            if (!_calls.Add((gid, call)))
                return false;
            _until.Enqueue((gid, call), now + remaining + Longer);
            return true;
        }
    }
}
