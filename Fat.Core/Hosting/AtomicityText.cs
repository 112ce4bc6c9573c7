using Fat.Decisions;
using Fat.Protocol;

namespace Fat.Hosting;

/// <summary>Which groups that begin in a service are all or nothing whatever crashes, in words (docs/databases.md has the table).</summary>
internal static class AtomicityText
{
    /// <param name="decisions">Where the service decides.</param>
    /// <param name="held">Those of its databases that hold transactions open.</param>
    public static string Of(FatName decisions, IReadOnlyCollection<FatName> held)
    {
        // The branch that carries the decision row is committed by the very COMMIT that decides: it cannot be lost on its own.
        var carrier = held.Contains(decisions) ? $", but for the root's own first one on '{decisions}', which carries the decision" : string.Empty;
        var lost = held.Count == 0 ? string.Empty : $"; other branches on {string.Join(", ", held.Select(name => $"'{name}'"))} are held";
        var registry = decisions == RegistryDecisionLog.Name ? ", and as long as the registry loses nothing" : string.Empty;
        return $"if every branch in them is durable{carrier}{registry}{lost}";
    }
}
