namespace SampleService.Entries;

/// <summary>What this service keeps. Replace it by your own.</summary>
public sealed class Entry
{
    public required string Name { get; init; }
}
