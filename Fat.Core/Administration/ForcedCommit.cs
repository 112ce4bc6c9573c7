using Fat.Coordination;
using Fat.Protocol;

namespace Fat.Administration;

/// <summary>
/// The branches of a forced commit. The root's own knowledge of the group is gone, so the set is the registry's, where that is certain to be
/// complete, or the operator's. What is left out of it rolls back: where anything is doubtful nothing is forced.
/// </summary>
internal sealed class ForcedCommit(Node node, KnownGroup known)
{
    /// <exception cref="FatForceRefusedException">A commit would not be whole, or nobody can tell.</exception>
    public DecisionRecord SetOf(ForceRequest request)
    {
        if (!known.HasRegistry)
            throw Refused("a commit needs the registry, which is away: it knows whether the root lives and what failed.");
        if (known.RootLives)
            throw Refused("its root is alive and decides by itself. If it does not, stop that process first, and wait a few seconds.");
        if (known.Snapshot is null && !request.DatabaseIsGone)
            throw Refused("the registry does not know the group, so nobody can tell whether its root lives. It can be rolled back.");
        if (known.Snapshot?.Abort is { } abort)
            throw Refused($"{abort.Service}, {abort.Method} failed ({node.Redaction.Reason(known.Gid.ToString(), abort.Method, abort.Reason)}), so part of the group is rolled back already. It can be rolled back.");
        if (!request.RootWroteNothing && !request.DatabaseIsGone)
            throw Refused("what its root wrote in the decision database is lost, since there is no decision. If the root wrote nothing there, say RootWroteNothing; else roll back.");
        if (!known.SawAllDatabases)
            throw Refused("a database of this service is away, so its branches are not known. Force it when that is back.");
        var set = request.Branches.IsEmpty ? Complete() : Listed(request);
        return set.Count > 0 ? new DecisionRecord(Decision.Committed, [.. set]) : throw Refused("it has no branch that could commit.");
    }

    /// <summary>The registry's branches and those in the databases here, if nothing says that there may be more.</summary>
    private List<BranchVote> Complete()
    {
        const string Listing = "List the branches (FatForceOptions.Branches), as every service's list of branches in doubt shows them.";
        if (known.Snapshot is not { Seal: { } seal } snapshot || !snapshot.Scopes.Any(scope => scope.Id.Call.IsRoot))
            throw Refused($"the registry does not know all its branches: votes that travel in replies are not in it. {Listing}");
        var unvoted = snapshot.Branches.Where(view => view.Branch.IsMissing).Select(view => view.Branch.Id)
            .Concat(seal.MissingVotes.Where(missing => !snapshot.Branches.Any(view => view.Branch.Id == missing))).ToList();
        if (unvoted.Count > 0)
            throw Refused($"branches {string.Join(", ", unvoted)} have not voted. It can be rolled back.");
        if (!seal.PendingCalls.IsEmpty)
            throw Refused($"calls {string.Join(", ", seal.PendingCalls)} have no end. {Listing}");
        var branches = snapshot.Branches.Select(view => view.Branch).Where(branch => branch.Vote == Vote.Prepared).ToList();
        branches.AddRange(known.Here.Where(here => !branches.Exists(branch => branch.Id == here)).Select(Here));
        var registered = snapshot.Scopes.Select(scope => scope.Id).ToHashSet();
        if (branches.Find(branch => !registered.Contains(branch.Id.Scope)) is { } stranger)
            throw Refused($"branch {stranger.Id} is of an execution that the registry does not know: perhaps of a request that came twice. {Listing}");
        var voted = branches.Concat(snapshot.Branches.Select(view => view.Branch)).Select(branch => branch.Id.Scope).ToHashSet();
        if (snapshot.Scopes.FirstOrDefault(scope => !scope.Id.Call.IsRoot && !voted.Contains(scope.Id)) is { } silent)
            throw Refused($"{silent.Instance.Service}, {silent.Name} may have branches whose votes travelled in its reply. {Listing}");
        return branches;
    }

    private List<BranchVote> Listed(ForceRequest request)
    {
        var set = new List<BranchVote>();
        foreach (var (id, service) in request.Branches.Distinct())
        {
            var registered = known.Snapshot?.Branches.FirstOrDefault(view => view.Branch.Id == id)?.Branch;
            if (registered?.Vote == Vote.ReadOnly)
                continue;
            if (registered is { IsMissing: true })
                throw Refused($"branch {id} has not voted. It can be rolled back.");
            if (registered is not null && registered.Instance.Service != service)
                throw Refused($"branch {id} is of service {registered.Instance.Service}, not of {service}.");
            if (service == node.Service && !known.IsHere(id))
                throw Refused($"branch {id} is neither prepared in this service's databases nor written down in their journals. It may be rolled back already, or be held where there is no journal.");
            set.Add(registered ?? (service == node.Service ? Here(id) : Elsewhere(id, service)));
        }

        return set;
    }

    private BranchVote Here(BranchId id) =>
        known.Waiting.Any(waiting => waiting.Id == id) ? new BranchVote(id, node.Instance, Vote.Prepared) : Elsewhere(id, node.Service);

    /// <summary>The process that ran it, or nobody's name, with which the whole service is told.</summary>
    private BranchVote Elsewhere(BranchId id, FatName service)
    {
        var scope = known.Snapshot?.Scopes.FirstOrDefault(scope => scope.Id == id.Scope);
        return new BranchVote(id, scope?.Instance.Service == service ? scope.Instance : InstanceId.Unknown(service), Vote.Prepared);
    }

    private FatForceRefusedException Refused(string reason) => new(known.Gid.ToString(), reason);
}
