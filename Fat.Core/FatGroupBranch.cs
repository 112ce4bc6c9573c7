namespace Fat;

/// <summary>A branch of a group as the registry knows it.</summary>
/// <param name="Id">The branch.</param>
/// <param name="Service">The service that ran it.</param>
/// <param name="Instance">The process that ran it.</param>
/// <param name="Vote">Its vote.</param>
/// <param name="Done">It has obeyed a commit.</param>
public sealed record FatGroupBranch(string Id, string Service, string Instance, FatVote Vote, bool Done);
