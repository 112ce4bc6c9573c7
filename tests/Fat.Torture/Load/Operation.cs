using Fat.Torture.Service;

namespace Fat.Torture.Load;

/// <summary>What a client asked for and what it was told.</summary>
/// <param name="Plan">The first step, with all others below it.</param>
/// <param name="Root">The instance that was asked.</param>
/// <param name="Began">When, in the run's time.</param>
/// <param name="Took">How long the answer took.</param>
/// <param name="Answer">What was told.</param>
/// <param name="Detail">The answer's text, or why there was none.</param>
internal sealed record Operation(Step Plan, string Root, TimeSpan Began, TimeSpan Took, Answer Answer, string Detail)
{
    /// <summary>The rows that are there when it is committed.</summary>
    public int Legs => Plan.All().Count(step => step.Account is not null);
}

/// <summary>How an operation ended for its client.</summary>
internal enum Answer
{
    /// <summary>No answer, or one that says nothing certain.</summary>
    Unknown,

    Committed,

    RolledBack,
}
