using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>The open groups of one service by deadline. Not thread-safe: the store's lock guards it.</summary>
internal sealed class InMemoryOpenIndex
{
    private readonly Dictionary<GroupId, (FatName Database, TimeSpan Deadline)> _groups = [];
    private TimeSpan _expiresAt;

    public void Add(IEnumerable<OpenGroup> groups, TimeSpan now)
    {
        Expire(now);
        foreach (var group in groups)
        {
            var deadline = now + group.Remaining;
            _groups[group.Gid] = (group.Database, deadline);
            var expires = (deadline > now ? deadline : now) + RegistryLifetimes.OpenIndex;
            if (expires > _expiresAt)
                _expiresAt = expires;
        }
    }

    public void Remove(IEnumerable<GroupId> gids)
    {
        foreach (var gid in gids)
            _groups.Remove(gid);
    }

    public List<OpenGroup> Overdue(int most, TimeSpan now) =>
        [.. ByDeadline(now).TakeWhile(group => group.Remaining <= TimeSpan.Zero).Take(most)];

    public List<OpenGroup> List(int skip, int most, TimeSpan now) => [.. ByDeadline(now).Skip(skip).Take(most)];

    private IEnumerable<OpenGroup> ByDeadline(TimeSpan now)
    {
        Expire(now);
        return _groups.OrderBy(entry => entry.Value.Deadline)
            .ThenBy(entry => entry.Key.ToString(), StringComparer.Ordinal)
            .Select(entry => new OpenGroup(entry.Key, entry.Value.Database, entry.Value.Deadline - now));
    }

    private void Expire(TimeSpan now)
    {
        if (_expiresAt <= now)
            _groups.Clear();
    }
}
