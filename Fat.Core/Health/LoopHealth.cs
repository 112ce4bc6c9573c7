using Fat.Coordination;

namespace Fat.Health;

/// <summary>Whether what this process does besides its requests goes on: told by when turns ended, not by whether tasks exist.</summary>
internal sealed class LoopHealth(Node node, FatHealthOptions options)
{
    /// <param name="worst">What it may be called at worst for not being read: while the registry is away, no worse than that.</param>
    public FatHealthPart Inbox(FatHealthState worst)
    {
        if (node.Loops.All.FirstOrDefault(loop => loop.Name == DecisionInbox.LoopName) is not { } inbox)
            return Part("inbox", FatHealthState.Unhealthy, "It does not run: the host has not started Fat, or has stopped it.");
        var silence = inbox.SinceSuccess - inbox.Interval;
        var state = silence >= options.SilenceUnhealthy ? FatHealthState.Unhealthy : silence >= options.SilenceDegraded ? FatHealthState.Degraded : FatHealthState.Healthy;
        return Part("inbox", state < worst ? state : worst, $"It was last read {inbox.SinceSuccess.TotalSeconds:0.0} s ago.");
    }

    public FatHealthPart Others()
    {
        var loops = node.Loops.All.Where(loop => loop.Name != DecisionInbox.LoopName).OrderBy(loop => loop.Name, StringComparer.Ordinal).ToList();
        if (!loops.Exists(loop => loop.IsVital))
            return Part("loops", FatHealthState.Unhealthy, "None run: the host has not started Fat, or has stopped it.");
        var late = loops.Where(loop => State(loop) != FatHealthState.Healthy).ToList();
        return late.Count == 0
            ? Part("loops", FatHealthState.Healthy, $"{loops.Count} run.")
            : Part("loops", late.Max(State), string.Join(" ", late.Select(Explain)));
    }

    private static FatHealthPart Part(string name, FatHealthState state, string what) => new(name, state, what, TimeSpan.Zero);

    private FatHealthState State(ILoop loop)
    {
        if (loop.IsVital && loop.SinceEnd - loop.Interval >= options.SilenceUnhealthy)
            return FatHealthState.Unhealthy;
        return loop.SinceSuccess - loop.Interval >= options.SilenceDegraded ? FatHealthState.Degraded : FatHealthState.Healthy;
    }

    private string Explain(ILoop loop) => loop.SinceEnd - loop.Interval >= options.SilenceDegraded
        ? $"'{loop.Name}' is stuck since {loop.SinceEnd.TotalSeconds:0} s."
        : $"'{loop.Name}' fails since {loop.SinceSuccess.TotalSeconds:0} s.";
}
