using System.Collections.Concurrent;
using Fat.Coordination;
using Fat.Decisions;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Recovery;

/// <summary>
/// Answers resolution requests for groups that this service began, by rule S5: the barrier row decides, and is published only
/// once it is durable. Idempotent; any number of instances may do it at the same time.
/// </summary>
internal sealed class InDoubtResolver(Participant participant, AcknowledgementSearch acknowledgements)
{
    private const int LargestBatch = 256;

    /// <summary>After this time without a sign of life an instance is taken for gone. A wrong guess costs a roll back, never atomicity.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    /// <summary>One group at a time at each decision log, so that a live root that settles there waits for one at most.</summary>
    private readonly ConcurrentDictionary<FatName, OneAtATime> _turns = new();

    /// <summary>Takes the requests that are waiting for this service, and resolves what is due.</summary>
    public async Task AnswerAsync(CancellationToken cancellationToken)
    {
        var node = participant.Node;
        while (true)
        {
            var requests = await node.Registry.TakeResolveRequestsAsync(node.Service, LargestBatch, cancellationToken).ConfigureAwait(false);
            if (requests.Count == 0)
                return;
            var acknowledging = acknowledgements.AnswerAsync([.. requests.Where(request => !request.Acknowledge.IsEmpty)], cancellationToken);
            try
            {
                await ResolveAsync(requests, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                // A database of branches that is silent does not keep the decisions of another from being told.
                await acknowledging.ConfigureAwait(false);
            }

            if (requests.Count < LargestBatch)
                return;
        }
    }

    private async Task ResolveAsync(IReadOnlyList<ResolveRequest> requests, CancellationToken cancellationToken)
    {
        var groups = requests.Where(request => request.Acknowledge.IsEmpty).GroupBy(request => request.Gid).ToList();
        var snapshots = await participant.Node.Registry.ReadAsync([.. groups.Select(group => group.Key)], cancellationToken).ConfigureAwait(false);
        var silences = await SilencesAsync(snapshots.Values, cancellationToken).ConfigureAwait(false);

        // All of them are tried: the registry may be in reach for one and not for another.
        await Task.WhenAll(groups.Where(group => snapshots.ContainsKey(group.Key)).Select(group => AnswerAsync(group, snapshots[group.Key], silences, cancellationToken)))
            .ConfigureAwait(false);
    }

    private async Task AnswerAsync(
        IGrouping<GroupId, ResolveRequest> requests, GroupSnapshot? snapshot, Dictionary<InstanceId, TimeSpan?> silences, CancellationToken cancellationToken)
    {
        var gid = requests.Key;
        if (!IsDue(gid, snapshot, requests.Max(request => request.Age), silences))
            return;
        var decision = snapshot?.Decision ?? await ResolveAsync(gid, requests.First().Database, snapshot?.Trace, cancellationToken).ConfigureAwait(false);
        if (decision is not null)
            await TellAsync(gid, decision, requests.Select(request => request.AskedBy).Distinct(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Resolves a group and publishes the decision. Null while it cannot be done.</summary>
    /// <param name="gid">The group.</param>
    /// <param name="database">Where its decision is kept.</param>
    /// <param name="trace">Its trace, where the registry knows it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<DecisionRecord?> ResolveAsync(GroupId gid, FatName database, string? trace, CancellationToken cancellationToken)
    {
        var node = participant.Node;
        if (node.Databases.Log(database) is not { } log)
        {
            FatLog.UnknownDecisionDatabase(node.Logger, gid, database);
            return null;
        }

        using var activity = FatActivity.StartResolve(gid, database, trace);

        // The torture run's broken resolver answers without the row that fences a root which is only slow.
        var decision = node.Breaks(BrokenRules.Barrier) ? DecisionRecord.RolledBack : await InTurnAsync(log, database, gid, cancellationToken).ConfigureAwait(false);
        if (decision is null)
            return null;
        FatActivity.Resolved(activity, decision.Decision);
        FatLog.Resolved(node.Logger, gid, decision.Decision);
        participant.History.Settled(gid, decision.Decision, node.Service);
        participant.Decided(gid, decision);
        await node.Registry.PublishAsync(gid, decision, cancellationToken).ConfigureAwait(false);
        return decision;
    }

    private async Task<DecisionRecord?> InTurnAsync(IDecisionLog log, FatName database, GroupId gid, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd(database, static (_, background) => new OneAtATime(background), participant.Node.Background);
        await turn.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await log.ResolveAsync(gid, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Leave();
        }
    }

    /// <summary>
    /// Whether the group's root runs in this process and is to end the group itself. One whose method does not return after its time is not
    /// waited for: it can only roll back, and finds that done.
    /// </summary>
    public bool IsOwn(GroupId gid) => participant.Scopes.Root(gid) is { HasOverrun: false };

    /// <summary>A group whose root is alive and in time is the root's own business.</summary>
    private bool IsDue(GroupId gid, GroupSnapshot? snapshot, TimeSpan age, Dictionary<InstanceId, TimeSpan?> silences)
    {
        if (snapshot?.Decision is not null)
            return true;
        if (IsOwn(gid))
            return false;
        if (snapshot is { RootInstance: { } root, Remaining: { } remaining } && root != participant.Node.Instance)
            return remaining < TimeSpan.Zero || silences[root] is not { } silence || silence > Silence;

        // Not registered, or lost: unknown (rule S6). A live root would have ended most groups by now.
        return snapshot?.RootInstance == participant.Node.Instance || age >= Silence;
    }

    private async Task<Dictionary<InstanceId, TimeSpan?>> SilencesAsync(IEnumerable<GroupSnapshot?> snapshots, CancellationToken cancellationToken)
    {
        var instances = snapshots.Select(snapshot => snapshot?.RootInstance).OfType<InstanceId>().Distinct().ToList();
        var silences = await participant.Node.Registry.SinceHeartbeatAsync(instances, cancellationToken).ConfigureAwait(false);
        return instances.Zip(silences).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private async Task TellAsync(GroupId gid, DecisionRecord decision, IEnumerable<InstanceId> askers, CancellationToken cancellationToken)
    {
        foreach (var asker in askers)
            await participant.Node.Registry.PushAsync(asker, [new InboxMessage.Decided(gid, decision.PartOf(asker))], cancellationToken).ConfigureAwait(false);
    }
}
