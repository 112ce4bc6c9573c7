using Fat.Protocol;

namespace Fat.Registry;

/// <summary>A branch that is over, as its process tells; the last word counts. Times are cut to microseconds.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Root">The process that runs its root.</param>
/// <param name="Id">The branch.</param>
/// <param name="Instance">The process that tells.</param>
internal sealed record PastBranch(GroupId Gid, InstanceId Root, BranchId Id, InstanceId Instance) : PastEntry(Gid, Root)
{
    public required string Method { get; init; }

    public required FatName Database { get; init; }

    public required Vote Vote { get; init; }

    /// <summary>The decision that it obeyed, if it needed one and one reached it.</summary>
    public Decision? Decision { get; init; }

    public required DateTimeOffset Enlisted { get; init; }

    public DateTimeOffset? Voted { get; init; }

    public DateTimeOffset? Decided { get; init; }

    public DateTimeOffset? Finished { get; init; }

    /// <summary>What failed in it, or null.</summary>
    public string? Failure { get; init; }

    /// <summary>The last that happened to it.</summary>
    public DateTimeOffset Last => Finished ?? Decided ?? Voted ?? Enlisted;
}
