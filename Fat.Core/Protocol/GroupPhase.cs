namespace Fat.Protocol;

/// <summary>Where a group is, as its root sees it.</summary>
internal enum GroupPhase
{
    /// <summary>The root's method runs; calls and branches may be added.</summary>
    Running,

    /// <summary>The method has returned; the known set only changes by answers, votes and what Redis adds (stage 1).</summary>
    Waiting,

    /// <summary>The decision <c>committed</c> is being written; nothing may abort any more.</summary>
    Deciding,

    /// <summary>The decision row <c>committed</c> is durable.</summary>
    Committed,

    /// <summary>Writing <c>committed</c> was refused. A group that is aborted before stays in its phase, with a reason.</summary>
    RolledBack,

    /// <summary>The connection was lost while the decision was written; only rule S5 tells.</summary>
    InDoubt,
}
