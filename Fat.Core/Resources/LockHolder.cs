using Fat.Protocol;

namespace Fat.Resources;

/// <summary>Who holds a lock that a branch waited for.</summary>
/// <param name="Gid">The group that it belongs to, if it is a branch of one that can be told.</param>
/// <param name="Branch">The branch.</param>
/// <param name="Instance">The last digits of the instance where it is open; null when it is prepared.</param>
/// <param name="Session">The server's name of its session, and the application's; null when it is prepared.</param>
internal sealed record LockHolder(GroupId? Gid, BranchId? Branch, string? Instance, string? Session)
{
    public static LockHolder Of(string? prepared, string? session, string? application)
    {
        if (prepared is not null && PreparedName.TryParse(prepared, out var name))
            return new LockHolder(name.Gid, name.Branch, null, null);
        return application is not null && BranchMark.TryParse(application, out var mark)
            ? new LockHolder(mark.Gid, mark.Branch, mark.Instance, session)
            : new LockHolder(null, null, null, prepared is not null ? $"the prepared transaction '{prepared}'" : $"session {session} of application '{application}'");
    }

    /// <summary>A sentence for people, and what to do.</summary>
    /// <param name="waiting">The group that waited.</param>
    public string Explain(GroupId waiting)
    {
        if (Gid is not { } gid)
            return $"It is held by {Session}.";
        var holder = Instance is null ? $"branch {Branch}, which is prepared" : $"branch {Branch} at the instance ~{Instance}, which is open";
        return gid == waiting
            ? $"This group already holds it through {holder}. Let calls of one group share a transaction ([FatTransaction(Join = FatJoin.Group)]), and reach one instance of the service."
            : $"Group {gid} holds it through {holder}.";
    }
}
