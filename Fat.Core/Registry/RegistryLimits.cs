namespace Fat.Registry;

/// <summary>Bounds on what one operation may take.</summary>
internal static class RegistryLimits
{
    /// <summary>The messages that one receive takes at most; the rest come with the next.</summary>
    public const int MessagesPerReceive = 128;

    /// <summary>
    /// How many entries an inbox or a list of requests keeps when nobody takes them. The oldest go: they are hints, and whoever
    /// is in doubt asks again.
    /// </summary>
    public const int LongestList = 10_000;

    /// <summary>The pieces of work that one call takes at most: a script holds up the server while it runs.</summary>
    public const int PiecesPerTake = 128;

    /// <summary>How many pieces of work or messages go into one command.</summary>
    public const int PiecesTogether = 64;

    /// <summary>How many messages that have ended are listed; the oldest go.</summary>
    public const int ListedMessages = 10_000;

    /// <summary>How many messages whose rows can go wait to be handed out; the oldest go, and their rows are found by a search.</summary>
    public const int EndedMessages = 100_000;

    /// <summary>The most bytes that the record of an ended group takes; branches beyond it are left out.</summary>
    public const int PastRecord = 65_536;

    /// <summary>How many different reasons of roll backs an hour keeps; all others are counted together.</summary>
    public const int ReasonsPerHour = 49;

    /// <summary>How many services are remembered that had ended groups; those that had none for longest go.</summary>
    public const int PastServices = 1000;

    /// <summary>How many groups one command forgets at most; the rest goes with the next ones.</summary>
    public const int ForgottenTogether = 1000;
}
