using Fat.Coordination;
using Fat.Decisions;
using Fat.Protocol;

namespace Fat.Recovery;

/// <summary>
/// Decisions that operators forced in this service's database because the decision database is gone (rule L4). Nobody obeys such a row
/// before the registry has it: the registry is where operators of several services agree, and what it holds first is what stands.
/// </summary>
internal sealed class ForcedHere(Participant participant)
{
    /// <summary>The decisions that were forced here for some of the groups, agreed with the registry.</summary>
    public async Task<IReadOnlyDictionary<GroupId, DecisionRecord>> FindAsync(IReadOnlyCollection<GroupId> gids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<GroupId, DecisionRecord>();
        if (gids.Count == 0 || participant.Node.Databases.DecisionLog is not { } log)
            return found;
        foreach (var row in await log.Forced.ReadAsync(gids, cancellationToken).ConfigureAwait(false))
        {
            if (row.Forced && await AgreeAsync(log.Forced, row.Gid, row.Decision, cancellationToken).ConfigureAwait(false) is { } standing)
                found[row.Gid] = standing;
        }

        return found;
    }

    /// <summary>Publishes what is written here, and returns what stands. Null when the registry does not tell: nothing may be obeyed yet.</summary>
    public async Task<DecisionRecord?> AgreeAsync(ForceLog log, GroupId gid, DecisionRecord written, CancellationToken cancellationToken)
    {
        var registry = participant.Node.Registry;
        await registry.PublishAsync(gid, written, cancellationToken).ConfigureAwait(false);
        if ((await registry.ReadAsync([gid], cancellationToken).ConfigureAwait(false))[gid]?.Decision is not { } standing)
            return null;
        if (!IsSame(standing, written))
            await log.OverruleAsync(gid, standing, cancellationToken).ConfigureAwait(false);
        return standing;
    }

    /// <summary>The decision is known: a row of a process that died before it could agree must not say otherwise when the registry has forgotten.</summary>
    public static async Task AlignAsync(ForceLog log, GroupId gid, DecisionRecord standing, CancellationToken cancellationToken)
    {
        var row = (await log.ReadAsync([gid], cancellationToken).ConfigureAwait(false)).FirstOrDefault(row => row.Forced);
        if (row is not null && !IsSame(standing, row.Decision))
            await log.OverruleAsync(gid, standing, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsSame(DecisionRecord one, DecisionRecord other) =>
        one.Decision == other.Decision && one.Branches.Select(branch => branch.Id).ToHashSet().SetEquals(other.Branches.Select(branch => branch.Id));
}
