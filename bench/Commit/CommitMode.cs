namespace Fat.Bench.Commit;

/// <summary>How the services make their commits belong together.</summary>
internal enum CommitMode
{
    /// <summary>Not at all: each commits alone, and a crash between two of them leaves the first.</summary>
    Naive,

    /// <summary>Fat; children answer once they are prepared, with their vote.</summary>
    FatPrepared,

    /// <summary>Fat; children answer with the result, and vote through Redis.</summary>
    FatEarly,

    /// <summary>Fat; children answer once they hold, and keep the transaction and its connection open.</summary>
    FatHeld,

    /// <summary>Two-phase commit by hand; the client is answered when everybody has committed.</summary>
    Http2Pc,

    /// <summary>The same; the client is answered when the decision is durable, as Fat does, and the rest happens behind it.</summary>
    Http2PcBehind,
}
