using Fat.Coordination;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Recovery;

/// <summary>
/// Keeps the index of open groups (rule L3): a process adds its groups that are still open when the index is next written, so
/// a group that ends quickly costs nothing; any instance of the service resolves those that are past their deadline.
/// </summary>
internal sealed class OpenGroupIndex(Participant participant, InDoubtResolver resolver)
{
    private const int LargestBatch = 256;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    private readonly HashSet<GroupId> _indexed = [];

    /// <summary>Adds the groups that have stayed open, and removes those that have ended. One turn at a time.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var node = participant.Node;
        var open = participant.Scopes.Roots.Where(root => root.Age >= Quick).ToDictionary(root => root.Group);
        await Task.WhenAll(open.Values.Select(root => root.EnsureRegisteredAsync())).ConfigureAwait(false);
        var added = open.Values.Where(root => !_indexed.Contains(root.Group)).Select(root => new OpenGroup(root.Group, root.DecisionDatabase, root.Remaining)).ToList();
        if (added.Count > 0)
            await node.Registry.IndexOpenAsync(node.Service, added, cancellationToken).ConfigureAwait(false);
        var ended = _indexed.Where(gid => !open.ContainsKey(gid) && participant.Scopes.Root(gid) is null).ToList();
        if (ended.Count > 0)
            await node.Registry.UnindexAsync(node.Service, ended, cancellationToken).ConfigureAwait(false);
        _indexed.UnionWith(added.Select(group => group.Gid));
        _indexed.ExceptWith(ended);
    }

    /// <summary>Resolves the groups of this service that are past their deadline and whose root has not ended them.</summary>
    public async Task ResolveOverdueAsync(CancellationToken cancellationToken)
    {
        var node = participant.Node;
        var resolved = new List<GroupId>();
        var overdue = await node.Registry.OverdueAsync(node.Service, LargestBatch, cancellationToken).ConfigureAwait(false);
        var snapshots = await node.Registry.ReadAsync([.. overdue.Select(group => group.Gid)], cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < overdue.Count; i++)
        {
            // A little grace, so that a live root ends its group itself.
            var group = overdue[i];
            if (group.Remaining > -node.Timings.WaitCommit || participant.Scopes.Root(group.Gid) is not null)
                continue;

            // Decided, or unknown: it may have been committed and forgotten long ago. Whoever is in doubt asks by himself.
            if (snapshots[i] is not { Decision: null })
                resolved.Add(group.Gid);
            else if (await resolver.ResolveAsync(group.Gid, group.Database, snapshots[i]?.Trace, cancellationToken).ConfigureAwait(false) is not null)
                resolved.Add(group.Gid);
        }

        if (resolved.Count > 0)
            await node.Registry.UnindexAsync(node.Service, resolved, cancellationToken).ConfigureAwait(false);
    }
}
