using Fat.Coordination;
using Fat.Protocol;

namespace Fat.Administration;

/// <summary>Shows one group.</summary>
internal sealed class GroupShow(Participant participant, Sight sight, IncidentDesk incidents)
{
    private const int MostRecords = 100;

    public async Task<FatGroupDetails> ShowAsync(GroupId gid, CancellationToken cancellationToken)
    {
        var node = participant.Node;
        var attempts = new Attempts();
        var snapshots = await sight.SnapshotsAsync([gid], attempts, cancellationToken).ConfigureAwait(false);
        var silences = await sight.SilencesAsync(snapshots, attempts, cancellationToken).ConfigureAwait(false);
        var prepared = (await sight.InDoubtAsync(attempts, cancellationToken).ConfigureAwait(false)).Where(branch => branch.Name.Gid == gid).ToList();
        var rows = await sight.FromDecisionsAsync(log => log.ReadAsync([gid], cancellationToken), attempts).ConfigureAwait(false);
        var records = await sight.FromDecisionsAsync(log => log.ListRecordsAsync(gid, MostRecords, cancellationToken), attempts).ConfigureAwait(false);
        var lost = await incidents.OfGroupAsync(gid, attempts, cancellationToken).ConfigureAwait(false);
        var home = GroupHome.Of(gid, snapshots[0], prepared, participant);
        var decision = snapshots[0]?.Decision ?? rows.OrderBy(row => row.Item.Forced).Select(row => row.Item.Decision).FirstOrDefault();
        return new FatGroupDetails
        {
            Gid = gid.ToString(),
            Began = gid.Began,
            RootService = home?.Service.Text,
            DecisionDatabase = home?.Database?.Text,
            Decision = decision is null ? null : Shown.Of(decision.Decision),
            Record = snapshots[0] is { } snapshot ? Shown.Of(snapshot, silences[0]) : null,
            Rows = [.. rows.Select(row => Shown.Of(row.Item, row.Database))],
            InDoubt = [.. prepared.Select(branch => Shown.Of(branch, participant.Waiting.Has(gid, branch.Name.Branch)))],
            Waiting = [.. participant.Waiting.Of(gid).Select(branch => Shown.Of(branch, node.Time.GetElapsedTime(branch.VotedAt)))],
            Incidents = [.. lost],
            Forced = [.. GroupLists.Records(records)],
            Unreachable = attempts.Failed,
        };
    }
}
