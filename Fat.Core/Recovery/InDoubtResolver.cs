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
        var snapshots = await TryReadAsync([.. groups.Select(group => group.Key)], cancellationToken).ConfigureAwait(false);
        var silences = await SilencesAsync(snapshots.Values, cancellationToken).ConfigureAwait(false);

        // All of them are tried: the registry may be in reach for one and not for another.
        await Task.WhenAll(groups.Select(AnswerGroupAsync)).ConfigureAwait(false);

        Task AnswerGroupAsync(IGrouping<GroupId, ResolveRequest> group)
        {
            var age = group.Max(request => request.Age);
            var isDue = snapshots.TryGetValue(group.Key, out var snapshot) ? IsDue(group.Key, snapshot, age, silences) : IsDueUnread(group.Key, age);
            return isDue ? AnswerAsync(group, snapshot, cancellationToken) : Task.CompletedTask;
        }
    }

    /// <summary>The records of groups that are in reach. The questions came from the registry: it may be a part of it that is not.</summary>
    private async Task<IReadOnlyDictionary<GroupId, GroupSnapshot?>> TryReadAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken)
    {
        try
        {
            return await participant.Node.Registry.ReadAsync(gids, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException)
        {
            // Nothing is known of any of them: in doubt until they are so old that their root has ended.
            return new Dictionary<GroupId, GroupSnapshot?>();
        }
    }

    private async Task AnswerAsync(IGrouping<GroupId, ResolveRequest> requests, GroupSnapshot? snapshot, CancellationToken cancellationToken)
    {
        var gid = requests.Key;
        var known = snapshot?.Decision;
        if ((known ?? await DecideAsync(gid, requests.First().Database, snapshot?.Trace, cancellationToken).ConfigureAwait(false)) is not { } decision)
            return;
        try
        {
            if (known is null)
                await participant.Node.Registry.PublishAsync(gid, decision, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Their inboxes may be in reach when the group's record is not.
            await TellAsync(gid, decision, requests.Select(request => request.AskedBy).Distinct(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Resolves a group and publishes the decision. Null while it cannot be done.</summary>
    /// <param name="gid">The group.</param>
    /// <param name="database">Where its decision is kept.</param>
    /// <param name="trace">Its trace, where the registry knows it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<DecisionRecord?> ResolveAsync(GroupId gid, FatName database, string? trace, CancellationToken cancellationToken)
    {
        var decision = await DecideAsync(gid, database, trace, cancellationToken).ConfigureAwait(false);
        if (decision is not null)
            await participant.Node.Registry.PublishAsync(gid, decision, cancellationToken).ConfigureAwait(false);
        return decision;
    }

    private async Task<DecisionRecord?> DecideAsync(GroupId gid, FatName database, string? trace, CancellationToken cancellationToken)
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

    /// <summary>
    /// Whether a group whose record is out of reach is so old that its root has ended it, if it has the time that groups of this service usually have.
    /// Until then the root may commit, which needs no registry when the votes came in replies.
    /// </summary>
    private bool IsDueUnread(GroupId gid, TimeSpan age)
    {
        var timings = participant.Node.Timings;
        return !IsOwn(gid) && age >= (timings.GroupTimeout > Silence ? timings.GroupTimeout : Silence);
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
