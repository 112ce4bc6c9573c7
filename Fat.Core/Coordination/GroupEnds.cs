using System.Collections.Concurrent;
using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>
/// What is to happen in this process when groups have ended that have worked here. A hint: a process that dies before, or does not hear of the end, leaves it to recovery. Thread-safe.
/// </summary>
internal sealed class GroupEnds(TimeProvider time)
{
    /// <summary>Groups that nobody has told the end of for so long are recovery's.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<GroupId, Followers> _groups = new();

    /// <summary>Adds what is to happen. It must return at once and not throw.</summary>
    public void Add(GroupId gid, Action<Decision> follower) =>
        _groups.AddOrUpdate(gid, _ => new Followers(time.GetTimestamp(), [follower]), (_, there) => there with { Actions = there.Actions.Add(follower) });

    /// <summary>Forgets groups whose end this process will not hear of.</summary>
    public void Forget()
    {
        foreach (var (gid, followers) in _groups)
        {
            if (time.GetElapsedTime(followers.Since) > Longest)
                _groups.TryRemove(gid, out _);
        }
    }

    public void Ended(GroupId gid, Decision decision)
    {
        if (_groups.IsEmpty || !_groups.TryRemove(gid, out var followers))
            return;
        foreach (var follower in followers.Actions)
            follower(decision);
    }

    private sealed record Followers(long Since, ImmutableArray<Action<Decision>> Actions);
}
