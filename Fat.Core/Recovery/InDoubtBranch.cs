using Fat.Protocol;
using Fat.Resources;

namespace Fat.Recovery;

/// <summary>A branch that is prepared in a database of this service.</summary>
/// <param name="Database">The database.</param>
/// <param name="Name">The group, the branch, and whom to ask.</param>
/// <param name="Age">How long it has been prepared, by the database's clock.</param>
internal sealed record InDoubtBranch(FatName Database, PreparedName Name, TimeSpan Age);
