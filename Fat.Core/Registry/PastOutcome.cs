namespace Fat.Registry;

/// <summary>How a group ended, as far as the history was told.</summary>
internal enum PastOutcome
{
    Committed,
    RolledBack,

    /// <summary>Its root answered without knowing; a later word replaces this.</summary>
    InDoubt,

    /// <summary>Only branches have told of it.</summary>
    Told,
}
