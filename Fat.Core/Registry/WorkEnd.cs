namespace Fat.Registry;

/// <summary>How a hold of a piece of work ends.</summary>
/// <param name="Hold">The hold.</param>
/// <param name="Outcome">What becomes of the piece.</param>
internal sealed record WorkEnd(WorkHold Hold, WorkOutcome Outcome)
{
    /// <summary>When it is due again (<see cref="WorkOutcome.Failed"/> and <see cref="WorkOutcome.Again"/>).</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Why, for people: at most 1,000 characters are kept.</summary>
    public string? Reason { get; init; }

    /// <summary>What it holds from now on; null for what it held.</summary>
    public string? Body { get; init; }
}

/// <summary>What becomes of a piece of work.</summary>
internal enum WorkOutcome
{
    /// <summary>It is over and gone. The next one of its key is due.</summary>
    Done,

    /// <summary>It has failed and is due again after a delay; until then it keeps its key.</summary>
    Failed,

    /// <summary>It is due again after a delay, and that is no failure; until then it keeps its key.</summary>
    Again,

    /// <summary>It has failed and is set aside until an operator wants it tried again. The next one of its key is due.</summary>
    SetAside,
}
