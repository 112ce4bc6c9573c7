namespace Fat.Journal;

/// <summary>The states of a journal row, as they stand in it.</summary>
internal static class JournalState
{
    /// <summary>The branch holds its transaction open, or a crash has left it undecided or not looked for yet.</summary>
    public const string Journalled = "journalled";

    /// <summary>Committed by the group, and certainly lost.</summary>
    public const string Open = "open";

    /// <summary>The same, and the last replay has failed.</summary>
    public const string Failed = "failed";

    /// <summary>The call was run again, and committed.</summary>
    public const string Replayed = "replayed";

    /// <summary>An operator has closed it.</summary>
    public const string Closed = "closed";
}
