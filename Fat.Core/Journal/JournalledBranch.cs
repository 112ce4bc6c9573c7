using Fat.Protocol;
using Fat.Resources;

namespace Fat.Journal;

/// <summary>A held branch of which it is not known yet what became of it.</summary>
/// <param name="Name">The group, the branch, and whom to ask.</param>
/// <param name="Instance">The process that holds, or held, its transaction.</param>
/// <param name="Age">How long ago it was about to vote, by the database's clock.</param>
internal sealed record JournalledBranch(PreparedName Name, InstanceId Instance, TimeSpan Age);
