namespace Fat.Journal;

/// <summary>What became of a branch that its group has committed.</summary>
internal enum Settlement
{
    /// <summary>It has committed as well.</summary>
    Committed,

    /// <summary>It is lost, and stands in the journal as an incident.</summary>
    Lost,

    /// <summary>Somebody else has found out.</summary>
    Known,

    /// <summary>Its transaction is not over: ask again.</summary>
    Running,
}
