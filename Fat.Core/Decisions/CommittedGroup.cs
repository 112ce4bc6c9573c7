using Fat.Protocol;

namespace Fat.Decisions;

/// <summary>A commit decision whose row is still there.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Decision">The decision with its branches.</param>
/// <param name="Age">How long ago it was made, by the database's clock.</param>
internal sealed record CommittedGroup(GroupId Gid, DecisionRecord Decision, TimeSpan Age);
