using Fat.Coordination;
using Fat.Decisions;
using Fat.Protocol;

namespace Fat.Administration;

/// <summary>The lists that operators see.</summary>
internal sealed class GroupLists(Participant participant, Sight sight)
{
    private readonly Node _node = participant.Node;

    public async Task<FatList<FatOpenGroup>> OpenAsync(FatName service, Part part, CancellationToken cancellationToken)
    {
        var attempts = new Attempts();
        var indexed = await attempts.ReadAsync(
            Attempts.Registry, async () => await _node.Registry.ListOpenAsync(service, part.Skip, part.Limit + 1, cancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false) ?? [];
        var snapshots = await sight.SnapshotsAsync([.. indexed.Select(group => group.Gid)], attempts, cancellationToken).ConfigureAwait(false);
        var silences = await sight.SilencesAsync(snapshots, attempts, cancellationToken).ConfigureAwait(false);
        var open = new List<FatOpenGroup>();
        for (var i = 0; i < Math.Min(indexed.Count, part.Limit); i++)
        {
            // The index is written behind: a group that is decided leaves it a moment later.
            if (snapshots[i]?.Decision is null)
            {
                open.Add(new FatOpenGroup(
                    indexed[i].Gid.ToString(), indexed[i].Gid.Began, service.Text, indexed[i].Database.Text, indexed[i].Remaining,
                    snapshots[i] is { } snapshot ? Shown.Of(snapshot, silences[i]) : null));
            }
        }

        return new FatList<FatOpenGroup>([.. open], indexed.Count > part.Limit, attempts.Failed);
    }

    public async Task<FatList<FatInDoubtBranch>> InDoubtAsync(Part part, CancellationToken cancellationToken)
    {
        var attempts = new Attempts();
        var all = await sight.InDoubtAsync(attempts, cancellationToken).ConfigureAwait(false);
        return part.Of(all.Select(branch => Shown.Of(branch, participant.Waiting.Has(branch.Name.Gid, branch.Name.Branch))), attempts);
    }

    public async Task<FatList<FatForceRecord>> ForcedAsync(Part part, CancellationToken cancellationToken)
    {
        var attempts = new Attempts();
        var records = await sight.FromDecisionsAsync(log => log.ListRecordsAsync(null, part.Most, cancellationToken), attempts).ConfigureAwait(false);
        return part.Of(Records(records), attempts);
    }

    public async Task<FatList<FatEndedGroup>> EndedAsync(Part part, CancellationToken cancellationToken)
    {
        var attempts = new Attempts();
        var rows = await sight.FromDecisionsAsync(log => log.ListEndedAsync(part.Most, cancellationToken), attempts).ConfigureAwait(false);
        var own = participant.Ended.All.ToDictionary(group => group.Gid);
        var groups = rows.DistinctBy(row => row.Item.Gid).Select(row => new FatEndedGroup
        {
            Gid = row.Item.Gid.ToString(),
            Began = row.Item.Gid.Began,
            Ended = row.Item.At,
            Decision = Shown.Of(row.Item.Decision.Decision),
            Database = row.Database.Text,
            CommitSet = Shown.CommitSet(row.Item.Decision),
            Method = own.GetValueOrDefault(row.Item.Gid)?.Method,
            Abort = Shown.Of(own.GetValueOrDefault(row.Item.Gid)?.Abort),
        }).ToDictionary(group => group.Gid, StringComparer.Ordinal);
        foreach (var group in own.Values)
        {
            groups.TryAdd(group.Gid.ToString(), new FatEndedGroup
            {
                Gid = group.Gid.ToString(),
                Began = group.Gid.Began,
                Ended = group.At,
                Decision = Shown.Of(group.Decision),
                Method = group.Method,
                Abort = Shown.Of(group.Abort),
            });
        }

        var list = part.Of(groups.Values.OrderByDescending(group => group.Ended).ThenByDescending(group => group.Gid, StringComparer.Ordinal), attempts);
        var snapshots = await sight.SnapshotsAsync([.. list.Items.Select(group => Gid(group.Gid))], attempts, cancellationToken).ConfigureAwait(false);
        return list with { Items = [.. list.Items.Zip(snapshots, Explained)], Unreachable = attempts.Failed };
    }

    /// <summary>Newest first. A database that goes by two names holds each record once.</summary>
    public static IEnumerable<FatForceRecord> Records(IEnumerable<(FatName Database, ForceRecord Item)> records) =>
        records.DistinctBy(record => (record.Item.Gid, record.Item.At, record.Item.Instance))
            .OrderByDescending(record => record.Item.At)
            .Select(record => Shown.Of(record.Item, record.Database));

    /// <summary>The registry may still know what the row does not tell.</summary>
    private static FatEndedGroup Explained(FatEndedGroup group, GroupSnapshot? snapshot) => group with
    {
        Method = group.Method ?? snapshot?.Scopes.FirstOrDefault(scope => scope.Id.Call.IsRoot)?.Name,
        Abort = group.Abort ?? (group.Decision == FatDecision.RolledBack ? Shown.Of(snapshot?.Abort) : null),
    };

    private static GroupId Gid(string text) => GroupId.TryParse(text, out var gid) ? gid : default;
}
