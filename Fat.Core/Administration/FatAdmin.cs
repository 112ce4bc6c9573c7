using Fat.Coordination;
using Fat.Incidents;
using Fat.Recovery;

namespace Fat.Administration;

/// <summary>Checks what is asked for, and hands it on.</summary>
internal sealed class FatAdmin : IFatAdmin
{
    private readonly Node _node;
    private readonly GroupLists _lists;
    private readonly GroupShow _show;
    private readonly DecisionForce _force;
    private readonly IncidentDesk _incidents;

    public FatAdmin(Participant participant, Replayer replayer, IServiceProvider services)
    {
        var search = new InDoubtSearch(participant, services);
        var sight = new Sight(participant, search, services);
        _node = participant.Node;
        _lists = new GroupLists(participant, sight);
        _incidents = new IncidentDesk(participant.Node, replayer);
        _show = new GroupShow(participant, sight, _incidents);
        _force = new DecisionForce(participant, sight, search);
    }

    public Task<FatList<FatOpenGroup>> ListOpenAsync(string? service = null, int limit = 100, int skip = 0, CancellationToken cancellationToken = default) =>
        _lists.OpenAsync(service is null ? _node.Service : AdminArguments.Name(service, nameof(service)), new Part(limit, skip), cancellationToken);

    public Task<FatList<FatInDoubtBranch>> ListInDoubtAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default) =>
        _lists.InDoubtAsync(new Part(limit, skip), cancellationToken);

    public Task<FatList<FatEndedGroup>> ListEndedAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default) =>
        _lists.EndedAsync(new Part(limit, skip), cancellationToken);

    public Task<FatList<FatForceRecord>> ListForcedAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default) =>
        _lists.ForcedAsync(new Part(limit, skip), cancellationToken);

    public Task<FatGroupDetails> ShowAsync(string gid, CancellationToken cancellationToken = default) => _show.ShowAsync(AdminArguments.Gid(gid), cancellationToken);

    public Task<FatForceResult> ForceAsync(
        string gid, FatDecision decision, string by, string reason, FatForceOptions? options = null, CancellationToken cancellationToken = default) =>
        _force.ForceAsync(ForceRequest.Of(gid, decision, by, reason, options ?? new FatForceOptions()), cancellationToken);

    public Task<FatList<FatIncident>> ListIncidentsAsync(bool onlyOpen = true, int limit = 100, int skip = 0, CancellationToken cancellationToken = default) =>
        _incidents.ListAsync(onlyOpen, new Part(limit, skip), cancellationToken);

    public Task<FatIncidentDetails?> ShowIncidentAsync(string gid, string branch, CancellationToken cancellationToken = default) =>
        _incidents.ShowAsync(AdminArguments.Gid(gid), AdminArguments.Branch(branch), cancellationToken);

    public Task<FatIncident> ReplayIncidentAsync(
        string gid, string branch, int version, string by, string reason, bool evenIfNotAllowed = false, CancellationToken cancellationToken = default) =>
        _incidents.ReplayAsync(
            AdminArguments.Gid(gid), AdminArguments.Branch(branch), version, AdminArguments.By(by, nameof(by)), AdminArguments.Why(reason, nameof(reason)), evenIfNotAllowed,
            cancellationToken);

    public Task<FatIncident> CloseIncidentAsync(string gid, string branch, int version, string by, string note, CancellationToken cancellationToken = default) =>
        _incidents.CloseAsync(
            AdminArguments.Gid(gid), AdminArguments.Branch(branch), version, AdminArguments.By(by, nameof(by)), AdminArguments.Why(note, nameof(note)), cancellationToken);
}
