namespace Fat.Coordination;

/// <summary>
/// Rules of the protocol that are switched off, to show that the torture run notices: set by tests only, never by an option.
/// </summary>
[Flags]
internal enum BrokenRules
{
    /// <summary>What every application runs with.</summary>
    None = 0,

    /// <summary>Rule S2: the root commits when every scope in the registry has voted, without comparing with the replies.</summary>
    KnownSet = 1,

    /// <summary>Rule S5: the resolver answers "rolled back" without writing the row.</summary>
    Barrier = 2,

    /// <summary>Rule S6: a waiting branch takes "missing in the registry" for rolled back.</summary>
    TrustRegistry = 4,

    /// <summary>Rule S3: a voted branch rolls back by itself when it has waited for WaitCommit.</summary>
    Unvote = 8,

    /// <summary>Rule S9: a shared transaction prepares whatever calls have worked in it.</summary>
    Joined = 16,
}
