namespace Fat.Core.Tests.Simulation;

/// <summary>What has to hold at the end: a group is in all its databases or in none, and as its root has told.</summary>
internal static class Verdict
{
    public static string? On(Leg root, FatOutcome? told)
    {
        var legs = root.All.Where(leg => leg.Steps.Exists(step => step.Writes)).ToList();
        var committed = legs.Exists(leg => leg.Executions.Exists(execution => execution.Committed > 0));
        if (!committed)
            return told == FatOutcome.Committed && legs.Count > 0 ? "Its root told that it is committed, and nothing is." : null;
        if (told == FatOutcome.RolledBack)
            return "Its root told that it is rolled back, and it is committed: " + Describe(legs);
        return legs.TrueForAll(IsThereOnce) ? null : "It is committed in part: " + Describe(legs);
    }

    /// <summary>All that one run of the leg's method wrote, and nothing of any other run.</summary>
    private static bool IsThereOnce(Leg leg)
    {
        var writes = leg.Steps.Count(step => step.Writes);
        return leg.Executions.Count(execution => execution.Committed == writes) == 1
            && leg.Executions.Count(execution => execution.Committed > 0) == 1;
    }

    private static string Describe(IEnumerable<Leg> legs) => string.Join(", ", legs.Select(leg =>
        $"leg {leg.Number} {string.Join(" and ", leg.Executions.Select(execution => $"{execution.Committed} of {leg.Steps.Count(step => step.Writes)}").DefaultIfEmpty("never ran"))}"));
}
