namespace Fat.Torture.Faults;

/// <summary>What the nemesis does.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL to an instance, which is started again soon.</summary>
    KillService,

    /// <summary>SIGSTOP to an instance, past its deadlines, then SIGCONT.</summary>
    StopService,

    /// <summary>kill -9 to the registry, which comes back with its data.</summary>
    KillRedis,

    /// <summary>kill -9 to the registry, which comes back empty.</summary>
    KillRedisAndData,

    /// <summary>FLUSHALL.</summary>
    FlushRedis,

    /// <summary>The registry dies and a replica that was held back takes over its address.</summary>
    PromoteStaleReplica,

    /// <summary>A database server stops at once and recovers from its log.</summary>
    StopPostgres,

    /// <summary>A link is slow, in both directions.</summary>
    DelayLink,

    /// <summary>A link's connections are reset.</summary>
    CutLink,

    /// <summary>Requests arrive, replies are lost.</summary>
    DropReplies,

    /// <summary>Nothing passes a link, and nobody is told.</summary>
    HoldLink,

    /// <summary>An instance's requests arrive twice, also at another instance.</summary>
    DuplicateRequests,

    /// <summary>An instance's requests overtake each other, and their own copies.</summary>
    ReorderRequests,
}
