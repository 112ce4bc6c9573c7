using System.Collections.Concurrent;
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
        var added = participant.Scopes.Roots.Where(root => !_indexed.Contains(root.Group) && root.Age >= Quick).ToList();
        if (added.Count > 0)
        {
            await Task.WhenAll(added.Select(root => root.EnsureRegisteredAsync())).ConfigureAwait(false);
            await node.Registry.IndexOpenAsync(node.Service, [.. added.Select(root => new OpenGroup(root.Group, root.DecisionDatabase, root.Remaining))], cancellationToken)
                .ConfigureAwait(false);
            _indexed.UnionWith(added.Select(root => root.Group));
        }

        var ended = _indexed.Where(gid => participant.Scopes.Root(gid) is null).ToList();
        if (ended.Count > 0)
            await node.Registry.UnindexAsync(node.Service, ended, cancellationToken).ConfigureAwait(false);
        _indexed.ExceptWith(ended);
    }

    /// <summary>Resolves the groups of this service that are past their deadline and whose root has not ended them.</summary>
    public async Task ResolveOverdueAsync(CancellationToken cancellationToken)
    {
        var node = participant.Node;
        var overdue = await node.Registry.OverdueAsync(node.Service, LargestBatch, cancellationToken).ConfigureAwait(false);
        var snapshots = await node.Registry.ReadAsync([.. overdue.Select(group => group.Gid)], cancellationToken).ConfigureAwait(false);
        var resolved = new ConcurrentBag<GroupId>();
        try
        {
            await Task.WhenAll(overdue.Select(ResolveAsync)).ConfigureAwait(false);
        }
        finally
        {
            // One that could not be told of does not keep the others in the index.
            if (!resolved.IsEmpty)
                await node.Registry.UnindexAsync(node.Service, resolved, cancellationToken).ConfigureAwait(false);
        }

        async Task ResolveAsync(OpenGroup group)
        {
            // A little grace, so that a live root ends its group itself.
            if (group.Remaining > -node.Timings.WaitCommit || resolver.IsOwn(group.Gid) || !snapshots.TryGetValue(group.Gid, out var snapshot))
                return;

            // Decided, or unknown: it may have been committed and forgotten long ago. Whoever is in doubt asks by himself.
            if (snapshot is not { Decision: null } || await resolver.ResolveAsync(group.Gid, group.Database, snapshot.Trace, cancellationToken).ConfigureAwait(false) is not null)
                resolved.Add(group.Gid);
        }
    }
}
