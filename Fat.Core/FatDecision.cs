namespace Fat;

/// <summary>The one fact that ends a group.</summary>
public enum FatDecision
{
    /// <summary>The branches that the decision names commit; any other rolls back.</summary>
    Committed,

    /// <summary>Every branch rolls back.</summary>
    RolledBack,
}
