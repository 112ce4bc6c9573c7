using Fat.Coordination;
using Fat.Protocol;
using Fat.Recovery;

namespace Fat.Administration;

/// <summary>Where a group began and where it is decided, from whoever knows it.</summary>
/// <param name="Service">The service that began it.</param>
/// <param name="Database">That service's database that holds the decision; null when only the service is known.</param>
internal sealed record GroupHome(FatName Service, FatName? Database)
{
    /// <summary>Null when nobody here knows the group.</summary>
    public static GroupHome? Of(GroupId gid, GroupSnapshot? snapshot, IReadOnlyList<InDoubtBranch> here, Participant participant)
    {
        if (here.Count > 0)
            return new GroupHome(here[0].Name.RootService, here[0].Name.DecisionDatabase);
        if (participant.Scopes.Root(gid) is { } root)
            return new GroupHome(participant.Node.Service, root.DecisionDatabase);
        if (participant.Waiting.Of(gid) is [var waiting, ..])
            return new GroupHome(waiting.Root.Service, waiting.DecisionDatabase);
        return snapshot?.RootInstance is { } instance ? new GroupHome(instance.Service, snapshot.DecisionDatabase) : null;
    }
}
