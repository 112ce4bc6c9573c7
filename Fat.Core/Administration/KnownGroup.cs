using Fat.Coordination;
using Fat.Protocol;
using Fat.Recovery;

namespace Fat.Administration;

/// <summary>What is known of a group before a decision is forced.</summary>
/// <param name="Gid">The group.</param>
/// <param name="HasRegistry">The registry answered.</param>
/// <param name="Snapshot">The registry's record; null where there is none.</param>
/// <param name="RootLives">The process of the root runs here, or gave a sign of life lately.</param>
/// <param name="Prepared">The branches that are prepared in this service's databases.</param>
/// <param name="SawAllDatabases">Every database of this service answered.</param>
/// <param name="Waiting">The branches that wait in this process.</param>
/// <param name="Home">Where the group is decided; null when nobody here knows.</param>
internal sealed record KnownGroup(
    GroupId Gid,
    bool HasRegistry,
    GroupSnapshot? Snapshot,
    bool RootLives,
    IReadOnlyList<InDoubtBranch> Prepared,
    bool SawAllDatabases,
    IReadOnlyList<WaitingBranch> Waiting,
    GroupHome? Home)
{
    public bool IsHere(BranchId branch) => Prepared.Any(found => found.Name.Branch == branch) || Waiting.Any(waiting => waiting.Id == branch);

    public static async Task<KnownGroup> FindAsync(GroupId gid, Participant participant, Sight sight, CancellationToken cancellationToken)
    {
        var attempts = new Attempts();
        var snapshots = await sight.SnapshotsAsync([gid], attempts, cancellationToken).ConfigureAwait(false);
        var silences = await sight.SilencesAsync(snapshots, attempts, cancellationToken).ConfigureAwait(false);
        var hasRegistry = !attempts.HasFailed(Attempts.Registry);
        var prepared = (await sight.InDoubtAsync(attempts, cancellationToken).ConfigureAwait(false)).Where(branch => branch.Name.Gid == gid).ToList();
        var lives = participant.Scopes.Root(gid) is not null || snapshots[0]?.RootInstance == participant.Node.Instance || silences[0] <= InDoubtResolver.Silence;
        var sawAll = attempts.Failed.All(name => name == Attempts.Registry);
        return new KnownGroup(
            gid, hasRegistry, snapshots[0], lives, prepared, sawAll, participant.Waiting.Of(gid), GroupHome.Of(gid, snapshots[0], prepared, participant));
    }
}
