using System.Collections.Concurrent;
using System.Collections.Immutable;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>The transactions of this process that calls of one group share, by group. Thread-safe.</summary>
internal sealed class JoinedTransactions
{
    private readonly ConcurrentDictionary<GroupId, ImmutableArray<JoinedTransaction>> _groups = new();

    /// <summary>Whether one could still be told to prepare: it would be lost with the process.</summary>
    public bool HasOpen => _groups.Values.Any(transactions => transactions.Any(transaction => transaction.IsOpen));

    public ImmutableArray<JoinedTransaction> Of(GroupId gid) => _groups.TryGetValue(gid, out var transactions) ? transactions : [];

    /// <summary>The group's transaction on a database, which is begun by the first call that works in it.</summary>
    public JoinedTransaction Of(Scope scope, BranchResource resource)
    {
        while (true)
        {
            var known = Of(scope.Group);
            foreach (var one in known)
            {
                if (one.Database == resource.Database.Name)
                    return one;
            }

            var begun = new JoinedTransaction(scope, resource);
            if (known.IsEmpty ? _groups.TryAdd(scope.Group, [begun]) : _groups.TryUpdate(scope.Group, known.Add(begun), known))
            {
                begun.EndsWithGroup();
                return begun;
            }
        }
    }

    public void Remove(JoinedTransaction transaction)
    {
        while (_groups.TryGetValue(transaction.Group, out var known))
        {
            var left = known.Remove(transaction);
            var removed = left.IsEmpty
                ? ((ICollection<KeyValuePair<GroupId, ImmutableArray<JoinedTransaction>>>)_groups).Remove(new(transaction.Group, known))
                : _groups.TryUpdate(transaction.Group, left, known);
            if (removed)
                return;
        }
    }
}
