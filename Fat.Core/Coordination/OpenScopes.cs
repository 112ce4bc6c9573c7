using System.Collections.Concurrent;
using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>The scopes that run in this process, by group. Thread-safe.</summary>
internal sealed class OpenScopes
{
    private readonly ConcurrentDictionary<GroupId, RootScope> _roots = new();
    private readonly ConcurrentDictionary<GroupId, RootScope> _waiting = new();
    private readonly ConcurrentDictionary<GroupId, ImmutableArray<ChildScope>> _children = new();

    /// <summary>Those that are there, while others come and go.</summary>
    public IEnumerable<RootScope> Roots => _roots.Select(group => group.Value);

    /// <summary>The roots that wait for votes.</summary>
    public IEnumerable<RootScope> WaitingRoots => _waiting.Select(group => group.Value);

    /// <summary>Those that are there, while others come and go.</summary>
    public IEnumerable<ChildScope> Children => _children.SelectMany(group => group.Value);

    public int RootCount => _roots.Count;

    public int Count => _roots.Count + _children.Count;

    public void Add(RootScope root) => _roots[root.Group] = root;

    public void Remove(RootScope root)
    {
        WaitsNoMore(root);
        _roots.TryRemove(root.Group, out _);
    }

    public void BeginsToWait(RootScope root) => _waiting[root.Group] = root;

    public void WaitsNoMore(RootScope root) => _waiting.TryRemove(root.Group, out _);

    public RootScope? Root(GroupId gid) => _roots.GetValueOrDefault(gid);

    public void Add(ChildScope child) =>
        _children.AddOrUpdate(child.Group, static (_, added) => [added], static (_, scopes, added) => scopes.Add(added), child);

    public void Remove(ChildScope child)
    {
        while (_children.TryGetValue(child.Group, out var scopes))
        {
            var left = scopes.Remove(child);
            var removed = left.IsEmpty
                ? ((ICollection<KeyValuePair<GroupId, ImmutableArray<ChildScope>>>)_children).Remove(new(child.Group, scopes))
                : _children.TryUpdate(child.Group, left, scopes);
            if (removed)
                return;
        }
    }

    public ImmutableArray<ChildScope> ChildrenOf(GroupId gid) => _children.TryGetValue(gid, out var scopes) ? scopes : [];
}
