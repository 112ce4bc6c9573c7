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
/// <param name="Held">The held branches that are written down in their journals, whichever process holds, or held, them.</param>
/// <param name="SawAllDatabases">Every database of this service answered.</param>
/// <param name="Waiting">The branches that wait in this process.</param>
/// <param name="Home">Where the group is decided; null when nobody here knows.</param>
internal sealed record KnownGroup(
    GroupId Gid,
    bool HasRegistry,
    GroupSnapshot? Snapshot,
    bool RootLives,
    IReadOnlyList<InDoubtBranch> Prepared,
    IReadOnlyList<InDoubtBranch> Held,
    bool SawAllDatabases,
    IReadOnlyList<WaitingBranch> Waiting,
    GroupHome? Home)
{
    /// <summary>Its branches in this service's databases.</summary>
    public IEnumerable<BranchId> Here => Prepared.Concat(Held).Select(found => found.Name.Branch);

    public bool IsHere(BranchId branch) => Here.Contains(branch) || Waiting.Any(waiting => waiting.Id == branch);

    public static async Task<KnownGroup> FindAsync(GroupId gid, Participant participant, Sight sight, CancellationToken cancellationToken)
    {
        var attempts = new Attempts();
        var snapshots = await sight.SnapshotsAsync([gid], attempts, cancellationToken).ConfigureAwait(false);
        var silences = await sight.SilencesAsync(snapshots, attempts, cancellationToken).ConfigureAwait(false);
        var hasRegistry = !attempts.HasFailed(Attempts.Registry);
        var prepared = (await sight.InDoubtAsync(attempts, cancellationToken).ConfigureAwait(false)).Where(branch => branch.Name.Gid == gid).ToList();
        var held = (await sight.HeldAsync(attempts, cancellationToken).ConfigureAwait(false)).Where(branch => branch.Name.Gid == gid).ToList();
        var lives = participant.Scopes.Root(gid) is not null || snapshots[0]?.RootInstance == participant.Node.Instance || silences[0] <= InDoubtResolver.Silence;
        var sawAll = attempts.Failed.All(name => name == Attempts.Registry);
        return new KnownGroup(
            gid, hasRegistry, snapshots[0], lives, prepared, held, sawAll, participant.Waiting.Of(gid), GroupHome.Of(gid, snapshots[0], [.. prepared, .. held], participant));
    }
}
