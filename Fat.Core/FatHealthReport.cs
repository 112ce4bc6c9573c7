using System.Collections.Immutable;

namespace Fat;

/// <summary>How a process is. Immutable.</summary>
/// <param name="Parts">What was looked at.</param>
public sealed record FatHealthReport(ImmutableArray<FatHealthPart> Parts)
{
    /// <summary>The state of the worst part.</summary>
    public FatHealthState State => Parts.IsEmpty ? FatHealthState.Healthy : Parts.Max(part => part.State);
}

/// <summary>A part of what a process needs. Immutable.</summary>
/// <param name="Name"><c>registry</c>, <c>inbox</c>, <c>loops</c>, <c>database:</c> and its name, <c>in-doubt</c>, <c>incidents</c>; <c>service</c> alone while the process stops.</param>
/// <param name="State">How it is.</param>
/// <param name="What">What was found, for people.</param>
/// <param name="Took">How long it took to find out.</param>
public sealed record FatHealthPart(string Name, FatHealthState State, string What, TimeSpan Took);

/// <summary>How something is, the worst last.</summary>
public enum FatHealthState
{
    /// <summary>All is well.</summary>
    Healthy,

    /// <summary>Groups are committed, and somebody should look.</summary>
    Degraded,

    /// <summary>Groups fail, or nobody hears their end.</summary>
    Unhealthy,
}
