namespace Fat.Core.Tests.Simulation;

/// <summary>How a schedule went.</summary>
internal sealed class Report(ulong seed)
{
    public ulong Seed => seed;

    /// <summary>What must never be, or null.</summary>
    public string? Violation { get; set; }

    /// <summary>The violation is one of safety: something is committed that must not be, or is not that must, or the client was told wrongly.</summary>
    public bool IsUnsafe { get; set; }

    /// <summary>What the root told its client; null when it did not live to.</summary>
    public FatOutcome? Outcome { get; set; }

    public bool Committed { get; set; }

    public int Steps { get; set; }

    public ulong Trace { get; set; }

    /// <summary>How long after all was healed the last branch ended.</summary>
    public TimeSpan Recovery { get; set; }

    public override string ToString() => $"seed {Seed}: {Violation ?? "well"} ({Outcome?.ToString() ?? "no answer"}, {Steps} steps)";
}
