namespace Fat.Registry;

/// <summary>A piece of work to put into a queue.</summary>
/// <param name="Id">Its id, unique in the queue: 1 to 300 printable ASCII characters without spaces.</param>
/// <param name="Body">What whoever takes it gets.</param>
internal sealed record WorkItem(string Id, string Body)
{
    /// <summary>Pieces of one key are taken one at a time and in the order in which they were put; null for no order.</summary>
    public string? Key { get; init; }

    /// <summary>From when on it is due.</summary>
    public TimeSpan Delay { get; init; }
}
