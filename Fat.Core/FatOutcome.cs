namespace Fat;

/// <summary>How a scope ended.</summary>
public enum FatOutcome
{
    /// <summary>A root's group is committed; the decision is durable.</summary>
    Committed,

    /// <summary>The group is rolled back, or, in a child, this scope failed and the group will be rolled back.</summary>
    RolledBack,

    /// <summary>The decision could not be confirmed; recovery settles it.</summary>
    InDoubt,

    /// <summary>A child did its part and answered; its group is decided by the root.</summary>
    Answered,
}
