namespace Fat;

/// <summary>A branch as an operator names it.</summary>
/// <param name="Branch">The branch, as <see cref="FatInDoubtBranch.Branch"/> has it.</param>
/// <param name="Service">The service in whose database it is prepared.</param>
public sealed record FatBranchName(string Branch, string Service);
