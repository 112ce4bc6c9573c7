namespace Fat.Registry.InMemory;

/// <summary>A piece of work. Not thread-safe: the store's lock guards it.</summary>
internal sealed class InMemoryPiece(WorkItem item, long place)
{
    public static IComparer<InMemoryPiece> Order { get; } =
        Comparer<InMemoryPiece>.Create((one, other) => (one.At, one.Place).CompareTo((other.At, other.Place)));

    public string Id => item.Id;

    public string? Key => item.Key;

    /// <summary>In the order of putting.</summary>
    public long Place => place;

    public string Body { get; set; } = item.Body;

    public long Fence { get; set; }

    public int Failures { get; set; }

    public string? Reason { get; set; }

    public TimeSpan Due { get; set; }

    public WorkState State { get; set; }

    /// <summary>By what it is listed among those of its state, before its place: zero for those that are ready.</summary>
    public TimeSpan At { get; set; }
}
