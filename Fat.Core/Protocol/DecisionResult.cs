namespace Fat.Protocol;

/// <summary>What became of writing <c>committed</c>.</summary>
internal enum DecisionResult
{
    /// <summary>The row is durable.</summary>
    Committed,

    /// <summary>Recovery was first: the row says <c>rolledback</c>.</summary>
    RolledBackByRecovery,

    /// <summary>It was certainly not written and will not be.</summary>
    Failed,

    /// <summary>The connection was lost during the commit: it may or may not have been written.</summary>
    Unknown,
}
