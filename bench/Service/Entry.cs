namespace Fat.Bench.Service;

/// <summary>A row that is written once.</summary>
public sealed class Entry
{
    public long Id { get; init; }

    public required int Account { get; init; }

    public required long Amount { get; init; }
}
