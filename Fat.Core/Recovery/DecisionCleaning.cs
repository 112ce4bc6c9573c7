using System.Collections.Concurrent;
using System.Data.Common;
using Fat.Coordination;
using Fat.Decisions;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Recovery;

/// <summary>
/// Deletes decision rows that nobody needs any more (rule S7), in batches. A root that does not know whether its commit went
/// through asks the row, so a row stays longer than a root trusts its absence. Where acknowledgements are missing, because Redis
/// or a process has lost them, the services of the branches are asked again. One turn at a time.
/// </summary>
internal sealed class DecisionCleaning(Participant participant, bool createTable)
{
    private const int LargestBatch = 500;

    private long? _asked;

    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        var node = participant.Node;
        var asks = _asked is not { } last || node.Time.GetElapsedTime(last) >= node.Timings.DecisionKept;
        if (asks)
            _asked = node.Time.GetTimestamp();
        foreach (var log in node.Databases.DecisionDatabases)
        {
            try
            {
                if (createTable)
                    await log.EnsureTableAsync(cancellationToken).ConfigureAwait(false);
                await CleanAsync(log, asks, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException exception)
            {
                // The rows stay until the next turn.
                FatLog.DatabaseNotSearched(node.Logger, log.DatabaseName, exception);
            }
        }
    }

    private async Task CleanAsync(DatabaseDecisionLog log, bool asks, CancellationToken cancellationToken)
    {
        while (log.DatabaseName == participant.Node.Databases.Decisions && participant.FinishedLocally.Take(LargestBatch) is { Count: > 0 } local)
            await log.ForgetAsync(local, cancellationToken).ConfigureAwait(false);
        await ForgetAcknowledgedAsync(log, asks, cancellationToken).ConfigureAwait(false);
        await log.ForgetRolledBackAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at every row: those that cannot go yet must not keep those behind them from being seen while the registry still knows.</summary>
    private async Task ForgetAcknowledgedAsync(DatabaseDecisionLog log, bool asks, CancellationToken cancellationToken)
    {
        var kept = participant.Node.Timings.DecisionKept;
        GroupId? after = null;
        IReadOnlyList<CommittedGroup> groups;
        do
        {
            groups = await log.ListCommittedAsync(kept, after, LargestBatch, cancellationToken).ConfigureAwait(false);
            var snapshots = await participant.Node.Registry.ReadAsync([.. groups.Select(group => group.Gid)], cancellationToken).ConfigureAwait(false);
            var missing = groups.Select(group => (Group: group, Branches: Missing(group, snapshots.GetValueOrDefault(group.Gid)))).ToList();
            var done = missing.Where(item => item.Branches.Count == 0).Select(item => item.Group.Gid).ToList();
            if (done.Count > 0)
                await log.ForgetAsync(done, cancellationToken).ConfigureAwait(false);
            if (asks)
                await AskAsync(log, missing.Where(item => item.Branches.Count > 0 && item.Group.Age >= kept * 2), cancellationToken).ConfigureAwait(false);
            after = groups.Count > 0 ? groups[^1].Gid : null;
        }
        while (groups.Count == LargestBatch);
    }

    /// <summary>The branches that have not acknowledged. A record that is missing, or out of reach, says nothing (rule S6).</summary>
    private static List<BranchVote> Missing(CommittedGroup group, GroupSnapshot? snapshot) =>
        [.. group.Decision.Branches.Where(member => snapshot?.Branches.Any(view => view.Branch.Id == member.Id && view.Done) != true)];

    private async Task AskAsync(
        DatabaseDecisionLog log, IEnumerable<(CommittedGroup Group, List<BranchVote> Branches)> unacknowledged, CancellationToken cancellationToken)
    {
        var node = participant.Node;
        var requests = new ConcurrentBag<(FatName Service, ResolveRequest Request)>();
        try
        {
            await Task.WhenAll(unacknowledged.Select(item => PublishAsync(item.Group, item.Branches))).ConfigureAwait(false);
        }
        finally
        {
            // One that could not be told of does not keep the others from being asked for.
            await Task.WhenAll(requests.GroupBy(item => item.Service, item => item.Request)
                .Select(service => node.Registry.RequestResolveAsync(service.Key, [.. service], cancellationToken).AsTask())).ConfigureAwait(false);
        }

        async Task PublishAsync(CommittedGroup group, List<BranchVote> branches)
        {
            // The record may be gone: the acknowledgements need one, and branches that still wait hear the decision again.
            await node.Registry.PublishAsync(group.Gid, group.Decision, cancellationToken).ConfigureAwait(false);
            participant.History.Settled(group.Gid, group.Decision.Decision, node.Service);
            foreach (var service in branches.GroupBy(branch => branch.Instance.Service))
                requests.Add((service.Key, new ResolveRequest(group.Gid, log.DatabaseName, node.Instance, group.Age) { Acknowledge = [.. service] }));
        }
    }
}
