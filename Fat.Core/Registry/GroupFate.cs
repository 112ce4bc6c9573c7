using Fat.Protocol;

namespace Fat.Registry;

/// <summary>What has become of a group, as far as the registry knows: all that most of its callers need of the record.</summary>
/// <param name="Decision">The published decision, or null while there is none.</param>
/// <param name="Abort">The first reason for which somebody has asked for an abort, or null.</param>
internal sealed record GroupFate(DecisionRecord? Decision, AbortReason? Abort)
{
    public static GroupFate Of(GroupSnapshot group) => new(group.Decision, group.Abort);
}
