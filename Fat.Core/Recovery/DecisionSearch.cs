using System.Data.Common;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Recovery;

/// <summary>
/// Looks for the decisions of branches in doubt (rule L2): what the registry knows, what operators forced here; for the others the root's
/// service is asked, and answers through the registry. Nothing is decided here.
/// </summary>
internal sealed class DecisionSearch(Participant participant)
{
    private readonly ForcedHere _forced = new(participant);

    /// <summary>The decisions that are known; those that are not may be at the next look.</summary>
    public async Task<IReadOnlyDictionary<GroupId, KnownDecision>> FindAsync(IReadOnlyCollection<InDoubtBranch> branches, CancellationToken cancellationToken)
    {
        var node = participant.Node;
        var gids = branches.Select(branch => branch.Name.Gid).Distinct().ToList();
        var snapshots = await node.Registry.ReadAsync(gids, cancellationToken).ConfigureAwait(false);
        var known = snapshots.Where(read => read.Value?.Decision is not null)
            .ToDictionary(read => read.Key, read => new KnownDecision(read.Value!.Decision!, read.Value.Trace));
        try
        {
            foreach (var (gid, forced) in await _forced.FindAsync([.. gids.Where(gid => !known.ContainsKey(gid))], cancellationToken).ConfigureAwait(false))
                known[gid] = new KnownDecision(forced, Trace: null);
        }
        catch (DbException exception)
        {
            // Still in doubt, those that were forced here: their database is away, or it has no table for decisions and none were. The others need it not.
            FatLog.DatabaseNotSearched(node.Logger, node.Databases.DecisionLog!.DatabaseName, exception);
        }

        return known;
    }

    /// <summary>Asks for the decisions of these branches.</summary>
    public async Task AskAsync(IEnumerable<InDoubtBranch> branches, CancellationToken cancellationToken)
    {
        var node = participant.Node;
        await Task.WhenAll(branches.GroupBy(branch => branch.Name.RootService).Select(RequestAsync)).ConfigureAwait(false);

        async Task RequestAsync(IGrouping<FatName, InDoubtBranch> service)
        {
            var requests = service.DistinctBy(branch => branch.Name.Gid)
                .Select(branch => new ResolveRequest(branch.Name.Gid, branch.Name.DecisionDatabase, node.Instance, branch.Age));
            await node.Registry.RequestResolveAsync(service.Key, [.. requests], cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>A group's decision, and the group's trace where the registry knows that.</summary>
internal sealed record KnownDecision(DecisionRecord Decision, string? Trace);
