namespace Fat.Registry;

/// <summary>What a taker got.</summary>
/// <param name="Items">The pieces, oldest first.</param>
/// <param name="Next">After how long to look again though nobody tells: the next delay or lease is over then. Null when there is none.</param>
internal sealed record TakenWork(IReadOnlyList<TakenItem> Items, TimeSpan? Next);

/// <summary>A piece of work that the taker holds.</summary>
/// <param name="Hold">His hold of it.</param>
/// <param name="Body">What was put.</param>
/// <param name="Key">Its key, or null.</param>
/// <param name="Failures">How often it has failed before, ended leases included.</param>
internal sealed record TakenItem(WorkHold Hold, string Body, string? Key, int Failures);

/// <summary>A hold of a piece of work, which nobody else has had or will have.</summary>
/// <param name="Id">The piece.</param>
/// <param name="Fence">Greater each time that it is taken, also when it was over and is put again.</param>
internal readonly record struct WorkHold(string Id, long Fence);
