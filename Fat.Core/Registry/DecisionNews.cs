using Fat.Protocol;

namespace Fat.Registry;

/// <summary>Whom a published decision is told to, and what of it.</summary>
internal static class DecisionNews
{
    /// <summary>
    /// A commit is told to the owners of registered and of committed branches, each with its own part of the commit set (an empty part
    /// means that its branches roll back: they are a duplicate's, rule S8). A roll back is also told to instances that
    /// have only a scope: they may be running a branch that the registry has not heard of yet. An instance whose branches are all done
    /// has nothing to learn, however often the decision is published again.
    /// </summary>
    public static IEnumerable<(InstanceId Instance, InboxMessage.Decided Message)> Of(GroupId gid, GroupSnapshot group)
    {
        if (group.Decision is not { } decision)
            yield break;
        var told = new HashSet<InstanceId>();
        var done = group.Branches.Where(view => view.Done).Select(view => view.Branch.Id).ToHashSet();
        foreach (var branch in group.Branches.Select(view => view.Branch).Concat(decision.Branches.Where(branch => !branch.Instance.IsUnknown)))
        {
            if (!done.Contains(branch.Id))
                told.Add(branch.Instance);
        }

        if (decision.Decision == Decision.RolledBack)
        {
            foreach (var scope in group.Scopes)
                told.Add(scope.Instance);
        }

        foreach (var instance in told)
            yield return (instance, new InboxMessage.Decided(gid, decision.PartOf(instance)));
    }
}
