using Fat.Protocol;

namespace Fat.Decisions;

/// <summary>A decision that an operator forces.</summary>
/// <param name="Gid">The group.</param>
/// <param name="Decision">The decision, with the branches that it commits.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="Instance">The process that does it.</param>
internal sealed record ForcedDecision(GroupId Gid, DecisionRecord Decision, string By, string Reason, InstanceId Instance);
