namespace Fat.Resources;

/// <summary>A call that has worked in a transaction which votes.</summary>
/// <param name="Name">Its branch, as a prepared transaction would be named.</param>
/// <param name="Description">What a journal keeps of it, if one does.</param>
internal readonly record struct VotingCall(PreparedName Name, JournalledCall? Description);
