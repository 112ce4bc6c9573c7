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
        if ((await registry.ReadAsync([gid], cancellationToken).ConfigureAwait(false))[0]?.Decision is not { } standing)
            return null;
        if (standing.Decision != written.Decision || !standing.Branches.Select(branch => branch.Id).ToHashSet().SetEquals(written.Branches.Select(branch => branch.Id)))
            await log.OverruleAsync(gid, standing, cancellationToken).ConfigureAwait(false);
        return standing;
    }
}
